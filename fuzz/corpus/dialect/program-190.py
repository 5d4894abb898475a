e = 5
try:
    raise ValueError('v')
except ValueError as e:
    pass
config = {'e': e}
