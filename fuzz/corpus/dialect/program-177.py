def f(): return 1, 2
a, b = f()
config = {'a': a, 'b': b}
