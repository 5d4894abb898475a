config = {}
try: config[0] = 5 % 0.0
except Exception: pass
try: config[1] = 5 // 0.0
except Exception: pass
try: config[2] = 0x_ff
except Exception: pass
try: config[3] = 0b1010
except Exception: pass
try: config[4] = 0o17
except Exception: pass
try: config[5] = 1_000_000
except Exception: pass
try: config[6] = 00
except Exception: pass
try: config[7] = 0_0
except Exception: pass
try: config[8] = abs(-5)
except Exception: pass
try: config[9] = abs(-5.5)
except Exception: pass
try: config[10] = abs(True)
except Exception: pass
try: config[11] = abs(-2 ** 70)
except Exception: pass
try: config[12] = divmod(7, 2)
except Exception: pass
try: config[13] = divmod(-7, 2)
except Exception: pass
try: config[14] = divmod(7.5, 2)
except Exception: pass
try: config[15] = divmod(-7.5, 2)
except Exception: pass
try: config[16] = divmod(7, 0)
except Exception: pass
try: config[17] = pow(2, 10)
except Exception: pass
try: config[18] = pow(2, -2)
except Exception: pass
try: config[19] = pow(2.0, 3)
except Exception: pass
try: config[20] = max(3, 1, 2)
except Exception: pass
try: config[21] = max([4, 9, 2])
except Exception: pass
try: config[22] = max('b', 'a')
except Exception: pass
try: config[23] = max([], default=3)
except Exception: pass
try: config[24] = max([])
except Exception: pass
