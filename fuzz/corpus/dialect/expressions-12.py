config = {}
try: config[0] = 2 ** 53 + 1 == 2.0 ** 53
except Exception: pass
try: config[1] = 2 ** 53 + 1 > 2.0 ** 53
except Exception: pass
try: config[2] = 10 ** 400 > 1e308
except Exception: pass
try: config[3] = 10 ** 400 > float('inf')
except Exception: pass
try: config[4] = 1 and 2
except Exception: pass
try: config[5] = 0 and 2
except Exception: pass
try: config[6] = '' or 'x'
except Exception: pass
try: config[7] = 'a' or 'x'
except Exception: pass
try: config[8] = None or False
except Exception: pass
try: config[9] = not ''
except Exception: pass
try: config[10] = not 1
except Exception: pass
try: config[11] = not not 1
except Exception: pass
try: config[12] = 1 if True else 2
except Exception: pass
try: config[13] = 1 if [] else 2
except Exception: pass
try: config[14] = 1 if 0 else 2 if 0 else 3
except Exception: pass
try: config[15] = (lambda x: x * 2)(4)
except Exception: pass
try: config[16] = (lambda x, y=3, *a, **k: [x, y, a, sorted(k.items())])(1, 2, 3, 4, z=5)
except Exception: pass
try: config[17] = (lambda *, k=1: k)(k=2)
except Exception: pass
try: config[18] = (lambda *, k=1: k)(2)
except Exception: pass
try: config[19] = (lambda x, /: x)(x=1)
except Exception: pass
try: config[20] = (lambda x: x)()
except Exception: pass
try: config[21] = (lambda: 1)(2)
except Exception: pass
try: config[22] = (lambda a, b: a)(1, a=2)
except Exception: pass
try: config[23] = (lambda **k: list(k))(b=1, a=2)
except Exception: pass
try: config[24] = (lambda: (yield_ := 5) + yield_)()
except Exception: pass
