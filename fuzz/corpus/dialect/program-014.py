x = 10
g = (x for _ in range(1))
x = 20
config = {'v': list(g), 'w': list(g)}
