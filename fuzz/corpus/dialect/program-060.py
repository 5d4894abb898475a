def f():
    try:
        raise ValueError('x')
    finally:
        return 'swallowed'
config = {'f': f()}
