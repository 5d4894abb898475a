config = {}
try: config[0] = '%.0g' % 123
except Exception: pass
try: config[1] = '%f' % 1e20
except Exception: pass
try: config[2] = '%f' % float('inf')
except Exception: pass
try: config[3] = '%05f' % float('-inf')
except Exception: pass
try: config[4] = '%F' % float('nan')
except Exception: pass
try: config[5] = '%f' % 10 ** 3
except Exception: pass
try: config[6] = '%c' % 'x'
except Exception: pass
try: config[7] = '%c' % 65
except Exception: pass
try: config[8] = '%c' % 8364
except Exception: pass
try: config[9] = '%5c|' % 'x'
except Exception: pass
try: config[10] = '%c' % 'xy'
except Exception: pass
try: config[11] = '%10s|' % 'abc'
except Exception: pass
try: config[12] = '%-10s|' % 'abc'
except Exception: pass
try: config[13] = '%.2s' % 'abc'
except Exception: pass
try: config[14] = '%5.1s|' % 'abc'
except Exception: pass
try: config[15] = '%05s' % 'abc'
except Exception: pass
try: config[16] = '%5s' % 'é日'
except Exception: pass
try: config[17] = '%*d' % (5, 42)
except Exception: pass
try: config[18] = '%-*d|' % (5, 42)
except Exception: pass
try: config[19] = '%*d|' % (-5, 42)
except Exception: pass
try: config[20] = '%.*f' % (2, 3.14159)
except Exception: pass
try: config[21] = '%%'  % ()
except Exception: pass
try: config[22] = '%d%%' % 50
except Exception: pass
try: config[23] = '%5%' % ()
except Exception: pass
try: config[24] = '%(a)s-%(b)03d' % {'a': 'x', 'b': 7}
except Exception: pass
