config = {}
try: config[0] = 0x10 | 0x01
except Exception: pass
try: config[1] = 6 ^ 3
except Exception: pass
try: config[2] = -6 & 0xff
except Exception: pass
try: config[3] = -6 | 1
except Exception: pass
try: config[4] = -6 ^ 3
except Exception: pass
try: config[5] = (1 << 70) & (1 << 70) - 1
except Exception: pass
try: config[6] = -(1 << 70) & 0xffff
except Exception: pass
try: config[7] = ~5
except Exception: pass
try: config[8] = ~-1
except Exception: pass
try: config[9] = ~True
except Exception: pass
try: config[10] = ~(1 << 70)
except Exception: pass
try: config[11] = +True
except Exception: pass
try: config[12] = -True
except Exception: pass
try: config[13] = -0
except Exception: pass
try: config[14] = True + True
except Exception: pass
try: config[15] = True * 3
except Exception: pass
try: config[16] = True / 2
except Exception: pass
try: config[17] = True & False
except Exception: pass
try: config[18] = True | False
except Exception: pass
try: config[19] = True ^ True
except Exception: pass
try: config[20] = True & 3
except Exception: pass
try: config[21] = 5 % 0
except Exception: pass
try: config[22] = 5 // 0
except Exception: pass
try: config[23] = 5 / 0
except Exception: pass
try: config[24] = 5.0 / 0
except Exception: pass
