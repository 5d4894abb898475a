config = {}
try: config[0] = str(float('nan'))
except Exception: pass
try: config[1] = str(-0.0)
except Exception: pass
try: config[2] = [1.0, 1e5, 1e-7, 12345678901234567.0]
except Exception: pass
try: config[3] = 1 < 2 < 3
except Exception: pass
try: config[4] = 1 < 3 < 2
except Exception: pass
try: config[5] = 1 == 1.0 == True
except Exception: pass
try: config[6] = 1 < 2 > 0 != 5
except Exception: pass
try: config[7] = 'a' < 'b'
except Exception: pass
try: config[8] = 'a' < 'B'
except Exception: pass
try: config[9] = 'abc' < 'abd'
except Exception: pass
try: config[10] = '' < 'a'
except Exception: pass
try: config[11] = 'é' > 'z'
except Exception: pass
try: config[12] = [1, 2] < [1, 3]
except Exception: pass
try: config[13] = [1, 2] < [1, 2, 0]
except Exception: pass
try: config[14] = (1, 2) == (1, 2)
except Exception: pass
try: config[15] = (1, 2) == [1, 2]
except Exception: pass
try: config[16] = [1, 2] == [1.0, 2.0]
except Exception: pass
try: config[17] = {'a': 1} == {'a': 1.0}
except Exception: pass
try: config[18] = {'a': 1, 'b': 2} == {'b': 2, 'a': 1}
except Exception: pass
try: config[19] = {1, 2} == {2, 1}
except Exception: pass
try: config[20] = {1, 2} < {1, 2, 3}
except Exception: pass
try: config[21] = {1, 2} <= {1, 2}
except Exception: pass
try: config[22] = 1 < 'a'
except Exception: pass
try: config[23] = None < 1
except Exception: pass
try: config[24] = [1] < (1,)
except Exception: pass
