if 1: x = 1; y = 2
config = {'x': x, 'y': y}
