a = (1,)
b = a
a += (2,)
config = {'a': a, 'b': b}
