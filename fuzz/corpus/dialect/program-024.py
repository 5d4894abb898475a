config = {'a': {}}
config['a']['b'] = {}
config['a']['b']['c'] = [0]
config['a']['b']['c'][0] = 1
config['a']['b']['c'][-1] += 1
config['a']['b']['c'].extend(range(3))
del config['a']['b']['c'][1]
