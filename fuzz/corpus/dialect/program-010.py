x = 1
def f():
    y = x
    return y
x = 5
config = {'v': f()}
