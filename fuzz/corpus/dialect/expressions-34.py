config = {}
try: config[0] = list(zip([1, 2, 3], 'ab'))
except Exception: pass
try: config[1] = list(zip())
except Exception: pass
try: config[2] = list(zip([1]))
except Exception: pass
try: config[3] = list(zip([1, 2], [3], strict=True))
except Exception: pass
try: config[4] = list(map(str, [1, 2]))
except Exception: pass
try: config[5] = list(map(lambda a, b: a + b, [1, 2], [3, 4]))
except Exception: pass
try: config[6] = list(map(int, ['1', 'x']))
except Exception: pass
try: config[7] = list(filter(None, [0, 1, '', 'a']))
except Exception: pass
try: config[8] = list(filter(lambda x: x % 2, range(5)))
except Exception: pass
try: config[9] = any([0, 1])
except Exception: pass
try: config[10] = any([])
except Exception: pass
try: config[11] = all([1, 0])
except Exception: pass
try: config[12] = all([])
except Exception: pass
try: config[13] = any(x > 3 for x in range(10))
except Exception: pass
try: config[14] = next(iter([1, 2]))
except Exception: pass
try: config[15] = next(iter([]), 'none')
except Exception: pass
try: config[16] = next(x for x in range(10) if x > 3)
except Exception: pass
try: config[17] = next([1])
except Exception: pass
try: config[18] = callable(len)
except Exception: pass
try: config[19] = callable(1)
except Exception: pass
try: config[20] = [1, 2](0)
except Exception: pass
try: config[21] = 5()
except Exception: pass
try: config[22] = None.foo
except Exception: pass
try: config[23] = [].foo
except Exception: pass
try: config[24] = (1).foo
except Exception: pass
