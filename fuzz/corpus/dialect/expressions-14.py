config = {}
try: config[0] = 'hello'[-1]
except Exception: pass
try: config[1] = 'hello'[10]
except Exception: pass
try: config[2] = 'hello'['a']
except Exception: pass
try: config[3] = 'hello'[1:3]
except Exception: pass
try: config[4] = 'hello'[::-1]
except Exception: pass
try: config[5] = 'hello'[::2]
except Exception: pass
try: config[6] = 'hello'[4:1:-1]
except Exception: pass
try: config[7] = 'hello'[-3:]
except Exception: pass
try: config[8] = 'hello'[:-3]
except Exception: pass
try: config[9] = 'hello'[10:20]
except Exception: pass
try: config[10] = 'hello'[3:1]
except Exception: pass
try: config[11] = 'hello'[::0]
except Exception: pass
try: config[12] = 'hello'[None:None]
except Exception: pass
try: config[13] = 'hello'[True]
except Exception: pass
try: config[14] = 'hello'[1.0]
except Exception: pass
try: config[15] = 'hello'[-100:100]
except Exception: pass
try: config[16] = 'hello'[2 ** 70:]
except Exception: pass
try: config[17] = 'hello'[:2 ** 70]
except Exception: pass
try: config[18] = 'hello'[-2 ** 70:]
except Exception: pass
try: config[19] = 'hello'[::-2 ** 70]
except Exception: pass
try: config[20] = 'hello'[::2 ** 70]
except Exception: pass
try: config[21] = '日本語😀é'[3]
except Exception: pass
try: config[22] = '日本語😀é'[::-1]
except Exception: pass
try: config[23] = '日本語😀é'[1:4]
except Exception: pass
try: config[24] = len('日本語😀é')
except Exception: pass
