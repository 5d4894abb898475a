try:
    raise KeyError
except LookupError as e:
    config = {'e': str(e), 'r': repr(e)}
