config = {}
try: config[0] = dict([('a', 1)], a=2)
except Exception: pass
try: config[1] = dict({'a': 1}, b=2)
except Exception: pass
try: config[2] = dict(zip('ab', [1, 2]))
except Exception: pass
try: config[3] = dict(**{'a': 1})
except Exception: pass
try: config[4] = dict({'a': 1}, **{'b': 2})
except Exception: pass
try: config[5] = dict(**{'a': 1}, **{'a': 2})
except Exception: pass
try: config[6] = dict(['ab', 'cd'])
except Exception: pass
try: config[7] = dict([(1, 2, 3)])
except Exception: pass
try: config[8] = dict([1])
except Exception: pass
try: config[9] = dict(1)
except Exception: pass
try: config[10] = dict(**{1: 2})
except Exception: pass
try: config[11] = dict(**5)
except Exception: pass
try: config[12] = dict.fromkeys(['a', 'b'], 0)
except Exception: pass
try: config[13] = dict.fromkeys('ab')
except Exception: pass
try: config[14] = len({'a': 1})
except Exception: pass
try: config[15] = 'a' in {'a': 1}.keys()
except Exception: pass
try: config[16] = 1 in {'a': 1}.values()
except Exception: pass
try: config[17] = ('a', 1) in {'a': 1}.items()
except Exception: pass
try: config[18] = {'a': 1}.keys() & {'a', 'b'}
except Exception: pass
try: config[19] = {'a': 1}.keys() == {'a'}
except Exception: pass
try: config[20] = {'a': 1}.foo
except Exception: pass
try: config[21] = {'a': 1}.iteritems()
except Exception: pass
try: config[22] = {'a': 1}.has_key('a')
except Exception: pass
try: config[23] = {1: 'a', None: 'b', 1.5: 'c', False: 'd'}
except Exception: pass
try: config[24] = set(['x', 'x', 'y'])
except Exception: pass
