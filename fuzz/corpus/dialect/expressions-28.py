config = {}
try: config[0] = '{:.3}'.format(100.0)
except Exception: pass
try: config[1] = '{:.4}'.format(100.0)
except Exception: pass
try: config[2] = '{:.3}'.format(3.14159)
except Exception: pass
try: config[3] = '{:.1}'.format(0.0)
except Exception: pass
try: config[4] = '{:10}|'.format(1.5)
except Exception: pass
try: config[5] = '{:010}'.format(-1.5)
except Exception: pass
try: config[6] = '{:+}'.format(1.0)
except Exception: pass
try: config[7] = '{:%}'.format(0.5)
except Exception: pass
try: config[8] = '{:.1%}'.format(0.1234)
except Exception: pass
try: config[9] = '{:z.1f}'.format(-0.01)
except Exception: pass
try: config[10] = '{:05}'.format(float('inf'))
except Exception: pass
try: config[11] = '{:F}'.format(float('nan'))
except Exception: pass
try: config[12] = '{:.2f}'.format(3)
except Exception: pass
try: config[13] = '{:g}'.format(10 ** 20)
except Exception: pass
try: config[14] = '{:#.3g}'.format(1.0)
except Exception: pass
try: config[15] = '{:#g}'.format(1e10)
except Exception: pass
try: config[16] = '{{}}'.format()
except Exception: pass
try: config[17] = '{{{}}}'.format(1)
except Exception: pass
try: config[18] = '{'.format()
except Exception: pass
try: config[19] = '}'.format()
except Exception: pass
try: config[20] = '{}'.format()
except Exception: pass
try: config[21] = '{0}{}'.format(1, 2)
except Exception: pass
try: config[22] = '{}{0}'.format(1, 2)
except Exception: pass
try: config[23] = '{a}'.format()
except Exception: pass
try: config[24] = '{0.x}'.format(1)
except Exception: pass
