def f(a, b=[], *c): return (a, b, c)
config = {'v': list(map(f, [1, 2], [3, 4]))}
