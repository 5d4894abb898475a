config = {}
try: config[0] = len(set('hello'))
except Exception: pass
try: config[1] = {1, 2} | {3}
except Exception: pass
try: config[2] = {1, 2} & {2, 3}
except Exception: pass
try: config[3] = {1, 2} - {2}
except Exception: pass
try: config[4] = {1, 2} ^ {2, 3}
except Exception: pass
try: config[5] = {1, 2}.union([3], [4])
except Exception: pass
try: config[6] = {1, 2, 3}.intersection([2, 3, 4], [3])
except Exception: pass
try: config[7] = {1, 2, 3}.difference([1], [2])
except Exception: pass
try: config[8] = {1, 2}.symmetric_difference([2, 3])
except Exception: pass
try: config[9] = {1, 2}.issubset([1, 2, 3])
except Exception: pass
try: config[10] = {1, 2, 3}.issuperset([1])
except Exception: pass
try: config[11] = {1}.isdisjoint([2])
except Exception: pass
try: config[12] = {1, 2} + {3}
except Exception: pass
try: config[13] = {[1]}
except Exception: pass
try: config[14] = set([[1]])
except Exception: pass
try: config[15] = {1, 2}.copy()
except Exception: pass
try: config[16] = {1}.add(2)
except Exception: pass
try: config[17] = {1, 2}.remove(3)
except Exception: pass
try: config[18] = set()
except Exception: pass
try: config[19] = {3, 1, 2}
except Exception: pass
try: config[20] = sorted(set([3, 1, 2]) - set([1]))
except Exception: pass
try: config[21] = len(*[[1, 2]])
except Exception: pass
try: config[22] = max(*[1, 2], 3)
except Exception: pass
try: config[23] = print('x')
except Exception: pass
try: config[24] = (lambda a, b: [a, b])(*[1], **{'b': 2})
except Exception: pass
