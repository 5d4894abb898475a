config = {}
try: config[0] = round(2.567, 1)
except Exception: pass
try: config[1] = round(2.675, 2)
except Exception: pass
try: config[2] = round(0.5)
except Exception: pass
try: config[3] = round(1.5)
except Exception: pass
try: config[4] = round(1e300)
except Exception: pass
try: config[5] = round(1234.5, -2)
except Exception: pass
try: config[6] = round(1250, -2)
except Exception: pass
try: config[7] = round(1350, -2)
except Exception: pass
try: config[8] = round(-1250, -2)
except Exception: pass
try: config[9] = round(15, -1)
except Exception: pass
try: config[10] = round(25, -1)
except Exception: pass
try: config[11] = round(5, 3)
except Exception: pass
try: config[12] = round(1.0)
except Exception: pass
try: config[13] = round(1.25, 1)
except Exception: pass
try: config[14] = round(1.35, 1)
except Exception: pass
try: config[15] = round(5.015, 2)
except Exception: pass
try: config[16] = round(1e22, -20)
except Exception: pass
try: config[17] = round(0.1, 400)
except Exception: pass
try: config[18] = round(123.456, -400)
except Exception: pass
try: config[19] = round(-0.4)
except Exception: pass
try: config[20] = round('a')
except Exception: pass
try: config[21] = round(2.5, 0)
except Exception: pass
try: config[22] = round(True)
except Exception: pass
try: config[23] = hex(255)
except Exception: pass
try: config[24] = hex(-255)
except Exception: pass
