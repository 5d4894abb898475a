config = {}
try: config[0] = len([1, 2])
except Exception: pass
try: config[1] = len(5)
except Exception: pass
try: config[2] = sorted([3, 1, 2])
except Exception: pass
try: config[3] = sorted([3, 1, 2], reverse=True)
except Exception: pass
try: config[4] = sorted(['bb', 'a', 'ccc'], key=len, reverse=True)
except Exception: pass
try: config[5] = sorted([(1, 'b'), (1, 'a'), (0, 'c')])
except Exception: pass
try: config[6] = sorted([(1, 'b'), (0, 'x'), (1, 'a')], key=lambda p: p[0])
except Exception: pass
try: config[7] = sorted([(1, 'b'), (0, 'x'), (1, 'a')], key=lambda p: p[0], reverse=True)
except Exception: pass
try: config[8] = sorted({'z': 1, 'a': 2})
except Exception: pass
try: config[9] = sorted([1, 'a'])
except Exception: pass
try: config[10] = sorted([True, 0, 2, 1.5])
except Exception: pass
try: config[11] = sorted([[2], [1, 5], [1]])
except Exception: pass
try: config[12] = sorted([], key=None)
except Exception: pass
try: config[13] = sorted(5)
except Exception: pass
try: config[14] = sorted([1], foo=1)
except Exception: pass
try: config[15] = list(reversed([1, 2, 3]))
except Exception: pass
try: config[16] = list(reversed('abc'))
except Exception: pass
try: config[17] = list(reversed(range(3)))
except Exception: pass
try: config[18] = list(reversed((1, 2)))
except Exception: pass
try: config[19] = list(reversed({'a': 1, 'b': 2}))
except Exception: pass
try: config[20] = reversed(5)
except Exception: pass
try: config[21] = list(enumerate(['a', 'b']))
except Exception: pass
try: config[22] = list(enumerate('ab', 1))
except Exception: pass
try: config[23] = list(enumerate('ab', start=5))
except Exception: pass
try: config[24] = list(zip([1, 2], 'ab'))
except Exception: pass
