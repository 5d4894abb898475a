config = {}
try: config[0] = '%#x' % -255
except Exception: pass
try: config[1] = '%x' % (2 ** 70)
except Exception: pass
try: config[2] = '%f' % 0.12345
except Exception: pass
try: config[3] = '%.2f' % 0.125
except Exception: pass
try: config[4] = '%.2f' % 2.675
except Exception: pass
try: config[5] = '%.0f' % 0.5
except Exception: pass
try: config[6] = '%.0f' % 1.5
except Exception: pass
try: config[7] = '%#.0f' % 1.5
except Exception: pass
try: config[8] = '%10.2f|' % 3.14159
except Exception: pass
try: config[9] = '%-10.2f|' % 3.14159
except Exception: pass
try: config[10] = '%010.2f' % -3.14159
except Exception: pass
try: config[11] = '%+.1f' % 2
except Exception: pass
try: config[12] = '%e' % 0.12345
except Exception: pass
try: config[13] = '%.0e' % 12345
except Exception: pass
try: config[14] = '%#.0e' % 12345
except Exception: pass
try: config[15] = '%E' % 12345.678
except Exception: pass
try: config[16] = '%g' % 0.12345
except Exception: pass
try: config[17] = '%g' % 1e10
except Exception: pass
try: config[18] = '%g' % 1e-5
except Exception: pass
try: config[19] = '%g' % 100000
except Exception: pass
try: config[20] = '%g' % 1000000
except Exception: pass
try: config[21] = '%.3g' % 1234.5
except Exception: pass
try: config[22] = '%#.3g' % 1
except Exception: pass
try: config[23] = '%#g' % 1
except Exception: pass
try: config[24] = '%G' % 1e-10
except Exception: pass
