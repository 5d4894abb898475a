def f(x, /, y): return [x, y]
config = {'v': f(x=1, y=3)}
