config = {}
try: config[0] = '日本語😀é'.find('😀')
except Exception: pass
try: config[1] = '日本語😀é'.index('é')
except Exception: pass
try: config[2] = '日本語'.center(9, '*')
except Exception: pass
try: config[3] = 'a,b,c'.split(',')
except Exception: pass
try: config[4] = 'a,b,c'.split(',', 1)
except Exception: pass
try: config[5] = 'a,b,c'.split(',', maxsplit=0)
except Exception: pass
try: config[6] = 'a,,b'.split(',')
except Exception: pass
try: config[7] = ''.split(',')
except Exception: pass
try: config[8] = ''.split()
except Exception: pass
try: config[9] = ' a  b c '.split()
except Exception: pass
try: config[10] = ' a  b c '.split(None, 1)
except Exception: pass
try: config[11] = ' a  b c '.split(None, 2)
except Exception: pass
try: config[12] = ' a  b c '.split(maxsplit=0)
except Exception: pass
try: config[13] = ' a  b c '.split(' ')
except Exception: pass
try: config[14] = 'a b c'.rsplit(None, 1)
except Exception: pass
try: config[15] = ' a b c '.rsplit(None, 1)
except Exception: pass
try: config[16] = ' a  b  c '.rsplit(None, 5)
except Exception: pass
try: config[17] = 'a.b.c'.rsplit('.', 1)
except Exception: pass
try: config[18] = 'a.b.c'.rsplit('.')
except Exception: pass
try: config[19] = 'aXXbXXc'.split('XX')
except Exception: pass
try: config[20] = 'aaaa'.split('aa')
except Exception: pass
try: config[21] = 'aaa'.rsplit('aa')
except Exception: pass
try: config[22] = 'a'.split('')
except Exception: pass
try: config[23] = 'a'.split(1)
except Exception: pass
try: config[24] = 'a\u2003b\x1cc'.split()
except Exception: pass
