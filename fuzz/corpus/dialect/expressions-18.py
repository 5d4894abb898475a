config = {}
try: config[0] = 'abc'.rindex('c')
except Exception: pass
try: config[1] = 'aaaa'.count('aa')
except Exception: pass
try: config[2] = 'abc'.count('')
except Exception: pass
try: config[3] = 'abc'.count('', 1)
except Exception: pass
try: config[4] = 'abcabc'.count('b', 2)
except Exception: pass
try: config[5] = 'éé'.count('')
except Exception: pass
try: config[6] = 'Hello World'.lower()
except Exception: pass
try: config[7] = 'Hello World'.upper()
except Exception: pass
try: config[8] = 'Hello World'.swapcase()
except Exception: pass
try: config[9] = 'hello world'.title()
except Exception: pass
try: config[10] = "they're bill's".title()
except Exception: pass
try: config[11] = 'hELLO'.capitalize()
except Exception: pass
try: config[12] = 'straße'.upper()
except Exception: pass
try: config[13] = 'ΑΣ'.lower()
except Exception: pass
try: config[14] = 'ΑΣΑ'.lower()
except Exception: pass
try: config[15] = 'ǆ'.title()
except Exception: pass
try: config[16] = 'ŉa'.capitalize()
except Exception: pass
try: config[17] = 'İ'.lower()
except Exception: pass
try: config[18] = 'ﬁn'.upper()
except Exception: pass
try: config[19] = 'ﬁn'.title()
except Exception: pass
try: config[20] = 'éÉ'.swapcase()
except Exception: pass
try: config[21] = 'k=v=w'.partition('=')
except Exception: pass
try: config[22] = 'k=v=w'.rpartition('=')
except Exception: pass
try: config[23] = 'kv'.partition('=')
except Exception: pass
try: config[24] = 'kv'.rpartition('=')
except Exception: pass
