config = {}
try: config[0] = '{0[a-b]}'.format({'a-b': 1})
except Exception: pass
try: config[1] = '{a[0][b]}'.format(a=[{'b': 5}])
except Exception: pass
try: config[2] = '{!r}'.format('x')
except Exception: pass
try: config[3] = '{!s:>5}'.format(1)
except Exception: pass
try: config[4] = '{!a}'.format('é')
except Exception: pass
try: config[5] = '{:>8}'.format('abc')
except Exception: pass
try: config[6] = '{:<8}|'.format('abc')
except Exception: pass
try: config[7] = '{:^8}|'.format('abc')
except Exception: pass
try: config[8] = '{:*^9}'.format('abc')
except Exception: pass
try: config[9] = '{:é^9}'.format('abc')
except Exception: pass
try: config[10] = '{:>{w}}'.format('abc', w=6)
except Exception: pass
try: config[11] = '{:{}}'.format('abc', 6)
except Exception: pass
try: config[12] = '{:{f}>{w}}'.format('abc', f='-', w=6)
except Exception: pass
try: config[13] = '{:.2}'.format('abc')
except Exception: pass
try: config[14] = '{:5.2}|'.format('abc')
except Exception: pass
try: config[15] = '{:05}'.format('abc')
except Exception: pass
try: config[16] = '{:05d}'.format(42)
except Exception: pass
try: config[17] = '{:+d}'.format(42)
except Exception: pass
try: config[18] = '{: d}'.format(42)
except Exception: pass
try: config[19] = '{:x}'.format(255)
except Exception: pass
try: config[20] = '{:#x}'.format(255)
except Exception: pass
try: config[21] = '{:#b}'.format(5)
except Exception: pass
try: config[22] = '{:#o}'.format(8)
except Exception: pass
try: config[23] = '{:X}'.format(255)
except Exception: pass
try: config[24] = '{:#010x}'.format(255)
except Exception: pass
