def f(x): return x * 2
def g(x): \
    return f(x) + 1
config = {'v': g(3)}
