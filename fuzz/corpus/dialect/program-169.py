config = {'a': {1: 'x', 2.5: 'y', True: 'z', None: 'n', False: 'f'}}
