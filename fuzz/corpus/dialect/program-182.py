config = dict(sorted({'b': 1, 'a': 2}.items()), c=3)
