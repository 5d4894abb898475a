config = {}
try: config[0] = {'a': 1}['b']
except Exception: pass
try: config[1] = {1: 'a', True: 'b', 1.0: 'c'}
except Exception: pass
try: config[2] = {1: 'a'}[True]
except Exception: pass
try: config[3] = {(1, 2): 'a'}[1, 2]
except Exception: pass
try: config[4] = {[1]: 2}
except Exception: pass
try: config[5] = {{}: 2}
except Exception: pass
try: config[6] = {'a': 1}.get('a')
except Exception: pass
try: config[7] = {'a': 1}.get('b')
except Exception: pass
try: config[8] = {'a': 1}.get('b', 5)
except Exception: pass
try: config[9] = list({'a': 1, 'b': 2}.keys())
except Exception: pass
try: config[10] = list({'a': 1, 'b': 2}.values())
except Exception: pass
try: config[11] = list({'a': 1, 'b': 2}.items())
except Exception: pass
try: config[12] = {'a': 1}.setdefault('a', 5)
except Exception: pass
try: config[13] = {'a': 1}.setdefault('b')
except Exception: pass
try: config[14] = {'a': 1}.pop('a')
except Exception: pass
try: config[15] = {'a': 1}.pop('b', 7)
except Exception: pass
try: config[16] = {'a': 1}.pop('b')
except Exception: pass
try: config[17] = {'a': 1, 'b': 2}.popitem()
except Exception: pass
try: config[18] = {}.popitem()
except Exception: pass
try: config[19] = {'a': 1}.copy()
except Exception: pass
try: config[20] = {'a': 1}.update(b=2)
except Exception: pass
try: config[21] = {'a': 1} | {'a': 2, 'b': 3}
except Exception: pass
try: config[22] = {'a': 1} + {'b': 2}
except Exception: pass
try: config[23] = dict(a=1, b=2)
except Exception: pass
try: config[24] = dict([('a', 1), ('b', 2)])
except Exception: pass
