def f(x, /, y, *, z): return [x, y, z]
config = {'v': f(1, y=2, z=3)}
