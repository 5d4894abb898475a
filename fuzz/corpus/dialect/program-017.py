a = b = []
a.append(1)
config = {'b': b, 'same': a is b, 'other': a is []}
