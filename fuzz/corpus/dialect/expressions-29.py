config = {}
try: config[0] = '{:d}'.format('a')
except Exception: pass
try: config[1] = '{:s}'.format(1)
except Exception: pass
try: config[2] = '{:d}'.format(1.5)
except Exception: pass
try: config[3] = '{:.2d}'.format(1)
except Exception: pass
try: config[4] = '{:,x}'.format(1)
except Exception: pass
try: config[5] = '{:+}'.format('a')
except Exception: pass
try: config[6] = '{:=5}'.format('a')
except Exception: pass
try: config[7] = '{:5}'.format([1])
except Exception: pass
try: config[8] = '{:5}'.format(None)
except Exception: pass
try: config[9] = '{}'.format([1])
except Exception: pass
try: config[10] = '{:}'.format(None)
except Exception: pass
try: config[11] = '{!x}'.format(1)
except Exception: pass
try: config[12] = '{:yy}'.format(1)
except Exception: pass
try: config[13] = '{0[}'.format([1])
except Exception: pass
try: config[14] = '{0[a]}'.format([1])
except Exception: pass
try: config[15] = '{0[]}'.format([1])
except Exception: pass
try: config[16] = '{a.b}'.format(a=1)
except Exception: pass
try: config[17] = '{a[0]!r:>6}'.format(a=['x'])
except Exception: pass
try: config[18] = '{a}'.format_map({'a': 1})
except Exception: pass
try: config[19] = '{0}{1}'.format(*['a', 'b'])
except Exception: pass
try: config[20] = '{a}'.format(**{'a': 1})
except Exception: pass
try: config[21] = format(1234.5, ',.1f')
except Exception: pass
try: config[22] = format('a', '>3')
except Exception: pass
try: config[23] = format(5)
except Exception: pass
try: config[24] = format(None, '')
except Exception: pass
