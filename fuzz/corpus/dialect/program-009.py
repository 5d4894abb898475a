def f():
    x = 1
    def g():
        return x
    x = 2
    return g()
config = {'v': f()}
