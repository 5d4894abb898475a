config = {}
try: config[0] = 1.0
except Exception: pass
try: config[1] = -0.0
except Exception: pass
try: config[2] = 1e100
except Exception: pass
try: config[3] = 1.5e-10
except Exception: pass
try: config[4] = 5e-324
except Exception: pass
try: config[5] = 1.7976931348623157e308
except Exception: pass
try: config[6] = 1e308 * 10
except Exception: pass
try: config[7] = -1e308 * 10
except Exception: pass
try: config[8] = 1e400
except Exception: pass
try: config[9] = 1e-400
except Exception: pass
try: config[10] = 3.0 * 2
except Exception: pass
try: config[11] = 7.5 // 2
except Exception: pass
try: config[12] = -7.5 // 2
except Exception: pass
try: config[13] = 7.5 % 2
except Exception: pass
try: config[14] = -7.5 % 2
except Exception: pass
try: config[15] = 7.5 % -2
except Exception: pass
try: config[16] = -0.0 % 5
except Exception: pass
try: config[17] = 5.5 // -0.5
except Exception: pass
try: config[18] = 1.0 // 0.1
except Exception: pass
try: config[19] = 2.0 ** 0.5
except Exception: pass
try: config[20] = 2 ** 0.5
except Exception: pass
try: config[21] = 4 ** -0.5
except Exception: pass
try: config[22] = 0.0 ** 0
except Exception: pass
try: config[23] = 10.0 ** 400
except Exception: pass
try: config[24] = 1 + 1.0
except Exception: pass
