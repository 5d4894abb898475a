x = 'outer'
l = [x for x in range(3)]
config = {'x': x, 'l': l}
