x = {}
x[1, 2] = 'tuple'
x[None] = 'none'
config = {'v': sorted(map(str, x))}
