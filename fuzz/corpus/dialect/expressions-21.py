config = {}
try: config[0] = repr('a\n\t\\\x00\x7f\xa0é\u200b😀\ud800')
except Exception: pass
try: config[1] = ascii('é😀\n')
except Exception: pass
try: config[2] = str(int)
except Exception: pass
try: config[3] = str({}.keys())
except Exception: pass
try: config[4] = str({'a': 1}.items())
except Exception: pass
try: config[5] = 'abc'.foo
except Exception: pass
try: config[6] = 'abc'.upper(1)
except Exception: pass
try: config[7] = 'a'.join()
except Exception: pass
try: config[8] = str.upper('abc')
except Exception: pass
try: config[9] = str.upper(1)
except Exception: pass
try: config[10] = list(map(str.strip, [' a ', 'b ']))
except Exception: pass
try: config[11] = sorted(['b', 'A', 'c'], key=str.lower)
except Exception: pass
try: config[12] = '%s' % 'a'
except Exception: pass
try: config[13] = '%s-%d' % ('a', 7)
except Exception: pass
try: config[14] = '%s' % (1,)
except Exception: pass
try: config[15] = '%s' % ((1, 2),)
except Exception: pass
try: config[16] = '%s' % [1, 2]
except Exception: pass
try: config[17] = '%s' % None
except Exception: pass
try: config[18] = '%s' % 1.0
except Exception: pass
try: config[19] = '%s' % 1e20
except Exception: pass
try: config[20] = '%r' % 'a'
except Exception: pass
try: config[21] = '%a' % 'é'
except Exception: pass
try: config[22] = '%d' % 3.99
except Exception: pass
try: config[23] = '%d' % -3.99
except Exception: pass
try: config[24] = '%d' % True
except Exception: pass
