assert (0, 'a non-empty tuple is true')
config = {}
