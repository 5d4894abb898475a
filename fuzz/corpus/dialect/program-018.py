a = [1]
b = a
a += [2]
a = a + [3]
config = {'a': a, 'b': b}
