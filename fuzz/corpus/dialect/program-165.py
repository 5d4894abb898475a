x = [i for i in range(5) if i if i > 2 for j in 'ab' if j == 'b']
config = {'x': x}
