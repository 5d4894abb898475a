x = {}
x['x'] = x
config = {'v': str(x)}
