class_ = 1; is_ = 2; print_ = 3; match = 4; case = 5; _ = 6; type_ = 7
config = {'v': [class_, is_, print_, match, case, _]}
