config = {}
try: config[0] = -10 ** 20 % 7
except Exception: pass
try: config[1] = 10 ** 20 % -7
except Exception: pass
try: config[2] = 10 ** 40 / 10 ** 20
except Exception: pass
try: config[3] = 10 ** 20 / 3
except Exception: pass
try: config[4] = (10 ** 30 + 1) / 10 ** 15
except Exception: pass
try: config[5] = 2 ** 64
except Exception: pass
try: config[6] = -2 ** 63
except Exception: pass
try: config[7] = -(-2 ** 63)
except Exception: pass
try: config[8] = 2 ** 63 - 1
except Exception: pass
try: config[9] = 2 ** 63 - 2 ** 63
except Exception: pass
try: config[10] = 9223372036854775807 + 1
except Exception: pass
try: config[11] = -9223372036854775808 - 1
except Exception: pass
try: config[12] = 9223372036854775807 * 9223372036854775807
except Exception: pass
try: config[13] = -9223372036854775808 // -1
except Exception: pass
try: config[14] = -9223372036854775808 % -1
except Exception: pass
try: config[15] = 3037000500 * 3037000500
except Exception: pass
try: config[16] = 1 << 12
except Exception: pass
try: config[17] = 1 << 70
except Exception: pass
try: config[18] = -1 << 3
except Exception: pass
try: config[19] = (1 << 70) >> 65
except Exception: pass
try: config[20] = -5 >> 1
except Exception: pass
try: config[21] = -1 >> 100
except Exception: pass
try: config[22] = 5 >> 0
except Exception: pass
try: config[23] = 1 << -1
except Exception: pass
try: config[24] = 0x1F & 0x0a
except Exception: pass
