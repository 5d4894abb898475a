config = {}
try: config[0] = oct(8)
except Exception: pass
try: config[1] = bin(5)
except Exception: pass
try: config[2] = bin(-5)
except Exception: pass
try: config[3] = bin(0)
except Exception: pass
try: config[4] = hex(2 ** 70)
except Exception: pass
try: config[5] = chr(65)
except Exception: pass
try: config[6] = chr(8364)
except Exception: pass
try: config[7] = chr(-1)
except Exception: pass
try: config[8] = ord('a')
except Exception: pass
try: config[9] = ord('€')
except Exception: pass
try: config[10] = ord('ab')
except Exception: pass
try: config[11] = isinstance(True, int)
except Exception: pass
try: config[12] = isinstance(1, bool)
except Exception: pass
try: config[13] = isinstance(1.0, (int, str))
except Exception: pass
try: config[14] = isinstance('a', str)
except Exception: pass
try: config[15] = isinstance([], (list, tuple))
except Exception: pass
try: config[16] = isinstance({}, dict)
except Exception: pass
try: config[17] = isinstance(1, 1)
except Exception: pass
try: config[18] = 0.1 + 0.2
except Exception: pass
try: config[19] = 1e16
except Exception: pass
try: config[20] = 1e15
except Exception: pass
try: config[21] = 123456789012345680.0
except Exception: pass
try: config[22] = 1e-4
except Exception: pass
try: config[23] = 1e-5
except Exception: pass
try: config[24] = 0.00001234
except Exception: pass
