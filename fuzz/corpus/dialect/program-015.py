g = (i for i in range(3))
config = {'a': next(g), 'b': list(g), 'c': next(g, 'end')}
