config = {}
try: config[0] = 7 // 2
except Exception: pass
try: config[1] = -7 // 2
except Exception: pass
try: config[2] = 7 // -2
except Exception: pass
try: config[3] = -7 // -2
except Exception: pass
try: config[4] = 7 % 3
except Exception: pass
try: config[5] = -7 % 3
except Exception: pass
try: config[6] = 7 % -3
except Exception: pass
try: config[7] = -7 % -3
except Exception: pass
try: config[8] = 7 / 2
except Exception: pass
try: config[9] = 6 / 3
except Exception: pass
try: config[10] = 1 / 3
except Exception: pass
try: config[11] = 2 ** 10
except Exception: pass
try: config[12] = 2 ** 100
except Exception: pass
try: config[13] = 2 ** -1
except Exception: pass
try: config[14] = 2 ** 0
except Exception: pass
try: config[15] = 0 ** 0
except Exception: pass
try: config[16] = 0 ** -1
except Exception: pass
try: config[17] = (-2) ** 3
except Exception: pass
try: config[18] = -2 ** 2
except Exception: pass
try: config[19] = -2 ** 3 ** 2
except Exception: pass
try: config[20] = 2 ** 3 ** 2
except Exception: pass
try: config[21] = 10 ** 20 - 1
except Exception: pass
try: config[22] = 10 ** 20 // 7
except Exception: pass
try: config[23] = 10 ** 20 % 7
except Exception: pass
try: config[24] = -10 ** 20 // 7
except Exception: pass
