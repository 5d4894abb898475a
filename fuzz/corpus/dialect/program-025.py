config = {'a': 1, 'b': 2}
del config['a'], config['c']
