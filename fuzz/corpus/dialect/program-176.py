x = 1,
y = 1, 2
z = ()
config = {'x': x, 'y': y, 'z': z}
