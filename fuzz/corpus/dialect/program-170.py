x = []
x.append(x)
config = {'v': str(x), 'w': x == x}
