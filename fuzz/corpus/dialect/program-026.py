config = {'a': 1}
config.update({'b': 2}, c=3)
config.update([('d', 4)])
config.update()
config.setdefault('e', []).append(5)
