config = {}
try: config[0] = min([3, -1, 2], key=abs)
except Exception: pass
try: config[1] = max(['a', 'bbb', 'cc'], key=len)
except Exception: pass
try: config[2] = min((2, 'b'), (2, 'a'))
except Exception: pass
try: config[3] = min(1)
except Exception: pass
try: config[4] = max(1, 'a')
except Exception: pass
try: config[5] = sum([1, 2, 3])
except Exception: pass
try: config[6] = sum([0.1] * 10)
except Exception: pass
try: config[7] = sum([[1], [2, 3]], [])
except Exception: pass
try: config[8] = sum([], 5)
except Exception: pass
try: config[9] = sum((1, 2), start=10)
except Exception: pass
try: config[10] = sum(['a', 'b'], '')
except Exception: pass
try: config[11] = sum(['a'])
except Exception: pass
try: config[12] = int('12')
except Exception: pass
try: config[13] = int(' -12\n')
except Exception: pass
try: config[14] = int('+1_000')
except Exception: pass
try: config[15] = int('0x1f', 16)
except Exception: pass
try: config[16] = int('0x1f', 0)
except Exception: pass
try: config[17] = int('1f', 16)
except Exception: pass
try: config[18] = int('0b11', 0)
except Exception: pass
try: config[19] = int('z', 36)
except Exception: pass
try: config[20] = int('11', 2)
except Exception: pass
try: config[21] = int('12', 2)
except Exception: pass
try: config[22] = int('010', 0)
except Exception: pass
try: config[23] = int('1__0')
except Exception: pass
try: config[24] = int('_1')
except Exception: pass
