config = {}
try: config[0] = [x * x for x in range(5)]
except Exception: pass
try: config[1] = [x for x in range(10) if x % 2 == 0 if x > 3]
except Exception: pass
try: config[2] = [(a, b) for a in 'ab' for b in range(2)]
except Exception: pass
try: config[3] = [(a, b) for a in range(3) for b in range(a)]
except Exception: pass
try: config[4] = [[y for y in range(x)] for x in range(3)]
except Exception: pass
try: config[5] = {x: x * 2 for x in range(3)}
except Exception: pass
try: config[6] = {k: v for k, v in [('a', 1), ('b', 2), ('a', 3)]}
except Exception: pass
try: config[7] = list({x % 3 for x in range(10)})
except Exception: pass
try: config[8] = sorted({x % 3 for x in range(10)})
except Exception: pass
try: config[9] = list(x + 1 for x in (1, 2, 3))
except Exception: pass
try: config[10] = sum(x for x in range(5))
except Exception: pass
try: config[11] = [a + b for a, b in [(1, 2), (3, 4)]]
except Exception: pass
try: config[12] = [a for a, *b in [(1, 2, 3), (4,)]]
except Exception: pass
try: config[13] = [b for a, *b in [(1, 2, 3), (4,)]]
except Exception: pass
try: config[14] = ['even' if x % 2 == 0 else 'odd' for x in range(3)]
except Exception: pass
try: config[15] = [x for x in 'abc' if x != 'b']
except Exception: pass
try: config[16] = [i for i in range(3) if (j := i * 2) > 1]
except Exception: pass
try: config[17] = [a for a, b in [(1,)]]
except Exception: pass
try: config[18] = [a for a, b in [(1, 2, 3)]]
except Exception: pass
try: config[19] = [a for a, b in [1]]
except Exception: pass
try: config[20] = [x for x in 5]
except Exception: pass
try: config[21] = [lambda: x for x in range(3)][0]()
except Exception: pass
try: config[22] = [(lambda: x)() for x in range(3)]
except Exception: pass
try: config[23] = {**{'a': 1}, 'b': 2, **{'a': 3}}
except Exception: pass
try: config[24] = {'a': 1, 'b': 2}['a']
except Exception: pass
