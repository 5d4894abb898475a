config = {}
try: config[0] = int('')
except Exception: pass
try: config[1] = int('abc')
except Exception: pass
try: config[2] = int('1.5')
except Exception: pass
try: config[3] = int(1.9)
except Exception: pass
try: config[4] = int(-1.9)
except Exception: pass
try: config[5] = int(1e20)
except Exception: pass
try: config[6] = int(True)
except Exception: pass
try: config[7] = int()
except Exception: pass
try: config[8] = int('12', base=8)
except Exception: pass
try: config[9] = int(None)
except Exception: pass
try: config[10] = int([])
except Exception: pass
try: config[11] = int(float('inf'))
except Exception: pass
try: config[12] = int(float('nan'))
except Exception: pass
try: config[13] = int('9' * 30)
except Exception: pass
try: config[14] = int('٣٤')
except Exception: pass
try: config[15] = bool('')
except Exception: pass
try: config[16] = bool('0')
except Exception: pass
try: config[17] = bool([0])
except Exception: pass
try: config[18] = bool({})
except Exception: pass
try: config[19] = bool(0.0)
except Exception: pass
try: config[20] = bool()
except Exception: pass
try: config[21] = bool(None)
except Exception: pass
try: config[22] = round(2.5)
except Exception: pass
try: config[23] = round(3.5)
except Exception: pass
try: config[24] = round(-2.5)
except Exception: pass
