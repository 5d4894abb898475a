try:
    int('x')
except LookupError:
    pass
config = {}
