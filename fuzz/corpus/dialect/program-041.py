for k, (a, *b) in [('x', (1, 2, 3)), ('y', 'pq')]:
    last = [k, a, b]
config = {'last': last}
