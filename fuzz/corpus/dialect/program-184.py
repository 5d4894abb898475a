config = {'a': 1 if True else undefined, 'b': True or undefined, 'c': False and undefined}
