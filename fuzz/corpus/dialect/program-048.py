x = y = z = 0
x, y = y + 1, x + 2
config = dict(x=x, y=y, z=z)
