config = {}
try: config[0] = f'{None:5}'
except Exception: pass
try: config[1] = f'{""!r}'
except Exception: pass
try: config[2] = f'{1:\x3e5}'
except Exception: pass
try: config[3] = [1, 2] + [3]
except Exception: pass
try: config[4] = (1,) + (2,)
except Exception: pass
try: config[5] = [1] + (2,)
except Exception: pass
try: config[6] = [0] * 3
except Exception: pass
try: config[7] = [[]] * 2
except Exception: pass
try: config[8] = (1, 2) * 2
except Exception: pass
try: config[9] = [1, 2, 3][0]
except Exception: pass
try: config[10] = [1, 2, 3][-1]
except Exception: pass
try: config[11] = [1, 2, 3][3]
except Exception: pass
try: config[12] = [1, 2, 3]['a']
except Exception: pass
try: config[13] = [1, 2, 3, 4, 5][1:4]
except Exception: pass
try: config[14] = [1, 2, 3, 4, 5][::-1]
except Exception: pass
try: config[15] = [1, 2, 3, 4, 5][::2]
except Exception: pass
try: config[16] = [1, 2, 3, 4, 5][-2:]
except Exception: pass
try: config[17] = [1, 2, 3, 4, 5][4:0:-2]
except Exception: pass
try: config[18] = (1, 2, 3)[1:]
except Exception: pass
try: config[19] = ()[0:]
except Exception: pass
try: config[20] = (1, 2, 3)[5]
except Exception: pass
try: config[21] = [1, 2, 3].index(2)
except Exception: pass
try: config[22] = [1, 2, 3].index(4)
except Exception: pass
try: config[23] = [1, 2, 3].index(1, 1)
except Exception: pass
try: config[24] = [1, 2, 2].count(2)
except Exception: pass
