def f():
    """ docstring """
config = {'v': f()}
