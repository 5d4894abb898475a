config = {}
try: config[0] = 'a\nb\r\nc\rd'.splitlines()
except Exception: pass
try: config[1] = 'a\nb\n'.splitlines(True)
except Exception: pass
try: config[2] = '\n'.splitlines()
except Exception: pass
try: config[3] = ''.splitlines()
except Exception: pass
try: config[4] = 'a\x0bb\x0cc\x1cd\x85e\u2028f'.splitlines()
except Exception: pass
try: config[5] = '-'.join(['a', 'b'])
except Exception: pass
try: config[6] = '-'.join('abc')
except Exception: pass
try: config[7] = ''.join([])
except Exception: pass
try: config[8] = ', '.join(str(x) for x in range(3))
except Exception: pass
try: config[9] = '-'.join([1])
except Exception: pass
try: config[10] = '-'.join({'a': 1, 'b': 2})
except Exception: pass
try: config[11] = '-'.join(1)
except Exception: pass
try: config[12] = '  x '.strip()
except Exception: pass
try: config[13] = '  x '.lstrip()
except Exception: pass
try: config[14] = '  x '.rstrip()
except Exception: pass
try: config[15] = 'xxhixx'.strip('x')
except Exception: pass
try: config[16] = 'abcba'.strip('ab')
except Exception: pass
try: config[17] = 'x/// '.rstrip('/ ')
except Exception: pass
try: config[18] = 'éaé'.strip('é')
except Exception: pass
try: config[19] = '\u2003x\xa0'.strip()
except Exception: pass
try: config[20] = 'a'.strip(1)
except Exception: pass
try: config[21] = 'aXbXc'.replace('X', '-')
except Exception: pass
try: config[22] = 'aXbXc'.replace('X', '-', 1)
except Exception: pass
try: config[23] = 'abc'.replace('', '-')
except Exception: pass
try: config[24] = 'abc'.replace('', '-', 2)
except Exception: pass
