config = {}
try: config[0] = (1, 2, 2).count(2)
except Exception: pass
try: config[1] = (1, 2).index(3)
except Exception: pass
try: config[2] = [1, 2].copy()
except Exception: pass
try: config[3] = [1, 2].append(3)
except Exception: pass
try: config[4] = [*[1, 2], *(3, 4), *'ab']
except Exception: pass
try: config[5] = (*[1], 2)
except Exception: pass
try: config[6] = [1, [2, [3]]]
except Exception: pass
try: config[7] = list((1, 2))
except Exception: pass
try: config[8] = list({'a': 1})
except Exception: pass
try: config[9] = list(range(5))
except Exception: pass
try: config[10] = list(range(2, 10, 3))
except Exception: pass
try: config[11] = list(range(3, 0, -1))
except Exception: pass
try: config[12] = list(range(0))
except Exception: pass
try: config[13] = list(range(5, 0))
except Exception: pass
try: config[14] = range(5)[2]
except Exception: pass
try: config[15] = range(5)[-1]
except Exception: pass
try: config[16] = range(5)[5]
except Exception: pass
try: config[17] = list(range(10)[2:8:2])
except Exception: pass
try: config[18] = list(range(10)[::-1])
except Exception: pass
try: config[19] = len(range(0, 10, 3))
except Exception: pass
try: config[20] = range(1.5)
except Exception: pass
try: config[21] = range(1, 2, 0)
except Exception: pass
try: config[22] = range(3) == range(0, 3, 1)
except Exception: pass
try: config[23] = tuple('ab')
except Exception: pass
try: config[24] = tuple([1])
except Exception: pass
