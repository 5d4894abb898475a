config = {}
try: config[0] = ''.replace('', 'x')
except Exception: pass
try: config[1] = 'aaa'.replace('aa', 'b')
except Exception: pass
try: config[2] = 'éa'.replace('', '.')
except Exception: pass
try: config[3] = 'abc'.replace('b', 1)
except Exception: pass
try: config[4] = 'abc'.startswith('ab')
except Exception: pass
try: config[5] = 'abc'.startswith(('x', 'a'))
except Exception: pass
try: config[6] = 'abc'.startswith('b', 1)
except Exception: pass
try: config[7] = 'abc'.startswith('', 3)
except Exception: pass
try: config[8] = 'abc'.startswith('', 4)
except Exception: pass
try: config[9] = 'abc'.endswith('bc')
except Exception: pass
try: config[10] = 'abc'.endswith('ab', 0, 2)
except Exception: pass
try: config[11] = 'abc'.endswith(('x', 'c'))
except Exception: pass
try: config[12] = 'abc'.startswith(1)
except Exception: pass
try: config[13] = 'abc'.find('c')
except Exception: pass
try: config[14] = 'abc'.find('x')
except Exception: pass
try: config[15] = 'abcabc'.find('c', 3)
except Exception: pass
try: config[16] = 'abcabc'.find('c', -1)
except Exception: pass
try: config[17] = 'abcabc'.find('a', 1, 3)
except Exception: pass
try: config[18] = 'abc'.find('')
except Exception: pass
try: config[19] = 'abc'.find('', 3)
except Exception: pass
try: config[20] = 'abc'.find('', 4)
except Exception: pass
try: config[21] = 'abcabc'.rfind('b')
except Exception: pass
try: config[22] = 'abcabc'.rfind('b', 0, 3)
except Exception: pass
try: config[23] = 'abc'.rfind('')
except Exception: pass
try: config[24] = 'abc'.index('z')
except Exception: pass
