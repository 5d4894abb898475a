config = {}
try: config[0] = 2 ** 70 + 1.0
except Exception: pass
try: config[1] = 2 ** 1100 * 1.0
except Exception: pass
try: config[2] = 2 ** 2000 / 2 ** 1990
except Exception: pass
try: config[3] = 2 ** 2000 / 3
except Exception: pass
try: config[4] = 1e300 * 1e10
except Exception: pass
try: config[5] = float('1.5')
except Exception: pass
try: config[6] = float(' 1e3 ')
except Exception: pass
try: config[7] = float('1_0.5')
except Exception: pass
try: config[8] = float('.5')
except Exception: pass
try: config[9] = float('5.')
except Exception: pass
try: config[10] = float('1_e5')
except Exception: pass
try: config[11] = float('inf')
except Exception: pass
try: config[12] = float('-Infinity')
except Exception: pass
try: config[13] = float('abc')
except Exception: pass
try: config[14] = float('')
except Exception: pass
try: config[15] = float('1e999')
except Exception: pass
try: config[16] = float('1e-999')
except Exception: pass
try: config[17] = float(3)
except Exception: pass
try: config[18] = float(2 ** 70)
except Exception: pass
try: config[19] = float()
except Exception: pass
try: config[20] = float('nan') != float('nan')
except Exception: pass
try: config[21] = str(1e22)
except Exception: pass
try: config[22] = str(123456.789)
except Exception: pass
try: config[23] = repr(0.1)
except Exception: pass
try: config[24] = str(float('inf'))
except Exception: pass
