try:
    x = {}['a']
except KeyError as e:
    x = str(e) + repr(e) + str(e.args)
config = {'x': x}
