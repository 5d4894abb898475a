config = {}
try: config[0] = '%(a)s' % {'a': 1, 'b': 2}
except Exception: pass
try: config[1] = '%(a)s' % {}
except Exception: pass
try: config[2] = '%(a)s' % 1
except Exception: pass
try: config[3] = '%(a(b))s' % {'a(b)': 1}
except Exception: pass
try: config[4] = '%s %s' % ('a',)
except Exception: pass
try: config[5] = '%s' % ('a', 'b')
except Exception: pass
try: config[6] = 'abc' % 1
except Exception: pass
try: config[7] = 'abc' % ()
except Exception: pass
try: config[8] = 'abc' % {}
except Exception: pass
try: config[9] = 'abc' % [1]
except Exception: pass
try: config[10] = '%d' % 'a'
except Exception: pass
try: config[11] = '%x' % 1.5
except Exception: pass
try: config[12] = '%f' % 'a'
except Exception: pass
try: config[13] = '%z' % 1
except Exception: pass
try: config[14] = '%' % 1
except Exception: pass
try: config[15] = '%s' % {'a': 1}
except Exception: pass
try: config[16] = '%ld' % 5
except Exception: pass
try: config[17] = '%s' % 'é'
except Exception: pass
try: config[18] = '%r' % ('é',)
except Exception: pass
try: config[19] = '%s %s' % {'a': 1}
except Exception: pass
try: config[20] = '{}-{}'.format('a', 7)
except Exception: pass
try: config[21] = '{1}-{0}'.format('a', 7)
except Exception: pass
try: config[22] = '{a}-{b:04d}'.format(a='x', b=7)
except Exception: pass
try: config[23] = '{0[1]}'.format(['x', 'y'])
except Exception: pass
try: config[24] = '{0[a]}'.format({'a': 1})
except Exception: pass
