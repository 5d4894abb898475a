config = {}
try: config[0] = '%d' % 10 ** 20
except Exception: pass
try: config[1] = '%d' % (10 ** 20)
except Exception: pass
try: config[2] = '%i' % 5
except Exception: pass
try: config[3] = '%u' % 5
except Exception: pass
try: config[4] = '%05d' % 42
except Exception: pass
try: config[5] = '%5d|' % 42
except Exception: pass
try: config[6] = '%-5d|' % 42
except Exception: pass
try: config[7] = '%+d' % 42
except Exception: pass
try: config[8] = '% d' % 42
except Exception: pass
try: config[9] = '%+05d' % 42
except Exception: pass
try: config[10] = '%05d' % -42
except Exception: pass
try: config[11] = '%-05d|' % 42
except Exception: pass
try: config[12] = '%.3d' % 5
except Exception: pass
try: config[13] = '%8.3d' % 5
except Exception: pass
try: config[14] = '%08.3d' % 5
except Exception: pass
try: config[15] = '%.0d' % 0
except Exception: pass
try: config[16] = '%x' % 255
except Exception: pass
try: config[17] = '%X' % 255
except Exception: pass
try: config[18] = '%#x' % 255
except Exception: pass
try: config[19] = '%#X' % 255
except Exception: pass
try: config[20] = '%#o' % 8
except Exception: pass
try: config[21] = '%o' % 8
except Exception: pass
try: config[22] = '%08x' % 255
except Exception: pass
try: config[23] = '%#08x' % 255
except Exception: pass
try: config[24] = '%x' % -255
except Exception: pass
