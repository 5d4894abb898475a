config = {}
try: config[0] = {} < {}
except Exception: pass
try: config[1] = 1 == 'a'
except Exception: pass
try: config[2] = 1 != 'a'
except Exception: pass
try: config[3] = None is None
except Exception: pass
try: config[4] = None is not None
except Exception: pass
try: config[5] = 1 is None
except Exception: pass
try: config[6] = True is True
except Exception: pass
try: config[7] = 'a' in 'abc'
except Exception: pass
try: config[8] = '' in 'abc'
except Exception: pass
try: config[9] = 'd' not in 'abc'
except Exception: pass
try: config[10] = 1 in 'abc'
except Exception: pass
try: config[11] = 1 in [1, 2]
except Exception: pass
try: config[12] = 1.0 in [1, 2]
except Exception: pass
try: config[13] = True in [1]
except Exception: pass
try: config[14] = 3 not in (1, 2)
except Exception: pass
try: config[15] = 'a' in {'a': 1}
except Exception: pass
try: config[16] = 1 in {1, 2}
except Exception: pass
try: config[17] = 5 in range(10)
except Exception: pass
try: config[18] = 5 in range(0, 10, 2)
except Exception: pass
try: config[19] = 4 in range(10, 0, -2)
except Exception: pass
try: config[20] = 4.0 in range(5)
except Exception: pass
try: config[21] = 'a' in range(5)
except Exception: pass
try: config[22] = [] in {}
except Exception: pass
try: config[23] = 1 in 5
except Exception: pass
try: config[24] = 2 ** 63 == 9223372036854775808.0
except Exception: pass
