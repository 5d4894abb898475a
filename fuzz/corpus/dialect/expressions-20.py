config = {}
try: config[0] = 'ABC1'.isupper()
except Exception: pass
try: config[1] = 'Hello World'.istitle()
except Exception: pass
try: config[2] = 'Hello world'.istitle()
except Exception: pass
try: config[3] = 'abc'.isascii()
except Exception: pass
try: config[4] = 'é'.isascii()
except Exception: pass
try: config[5] = 'a\n'.isprintable()
except Exception: pass
try: config[6] = 'prefix-x'.removeprefix('prefix-')
except Exception: pass
try: config[7] = 'x.py'.removesuffix('.py')
except Exception: pass
try: config[8] = 'x.py'.removesuffix('.cc')
except Exception: pass
try: config[9] = list('abc')
except Exception: pass
try: config[10] = list('日本')
except Exception: pass
try: config[11] = sorted('hello')
except Exception: pass
try: config[12] = str(None)
except Exception: pass
try: config[13] = str(True)
except Exception: pass
try: config[14] = str([1, 'a', None, 1.5, (1,), {}, {'a': 1}])
except Exception: pass
try: config[15] = str(())
except Exception: pass
try: config[16] = str((1, 2))
except Exception: pass
try: config[17] = str({'a': [1]})
except Exception: pass
try: config[18] = str({1})
except Exception: pass
try: config[19] = str(set())
except Exception: pass
try: config[20] = str(range(3))
except Exception: pass
try: config[21] = str(range(1, 9, 2))
except Exception: pass
try: config[22] = repr('it\'s')
except Exception: pass
try: config[23] = repr('a"b')
except Exception: pass
try: config[24] = repr('a"b\'c')
except Exception: pass
