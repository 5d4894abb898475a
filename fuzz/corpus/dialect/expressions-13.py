config = {}
try: config[0] = [y := 5, y ** 2]
except Exception: pass
try: config[1] = 'a' 'b' "c"
except Exception: pass
try: config[2] = 'a' + 'b'
except Exception: pass
try: config[3] = 'ab' * 3
except Exception: pass
try: config[4] = 3 * 'ab'
except Exception: pass
try: config[5] = 'ab' * 0
except Exception: pass
try: config[6] = 'ab' * -1
except Exception: pass
try: config[7] = 'ab' * True
except Exception: pass
try: config[8] = 'a' + 1
except Exception: pass
try: config[9] = 1 + 'a'
except Exception: pass
try: config[10] = 'a' * 'b'
except Exception: pass
try: config[11] = 'a' * 1.5
except Exception: pass
try: config[12] = 'a' - 'b'
except Exception: pass
try: config[13] = '\x41\u00e9\U0001F600\101\n\t\\\'\"\0'
except Exception: pass
try: config[14] = '\q\d'
except Exception: pass
try: config[15] = r'\n\x'
except Exception: pass
try: config[16] = R"\'"
except Exception: pass
try: config[17] = u'\u2603'
except Exception: pass
try: config[18] = '\N{SNOWMAN}'
except Exception: pass
try: config[19] = '\N{em dash}'
except Exception: pass
try: config[20] = """it's "quoted" """
except Exception: pass
try: config[21] = b'abc'.decode('ascii')
except Exception: pass
try: config[22] = '\ud83d\ude00'
except Exception: pass
try: config[23] = len('\ud83d\ude00')
except Exception: pass
try: config[24] = 'hello'[1]
except Exception: pass
