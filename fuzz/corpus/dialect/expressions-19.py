config = {}
try: config[0] = 'kv'.partition('')
except Exception: pass
try: config[1] = '7'.zfill(3)
except Exception: pass
try: config[2] = '-7'.zfill(4)
except Exception: pass
try: config[3] = '+7'.zfill(1)
except Exception: pass
try: config[4] = 'x'.ljust(4, '.')
except Exception: pass
try: config[5] = 'x'.rjust(4)
except Exception: pass
try: config[6] = 'x'.center(4)
except Exception: pass
try: config[7] = 'x'.center(5)
except Exception: pass
try: config[8] = 'xx'.center(5)
except Exception: pass
try: config[9] = 'xx'.center(7, '*')
except Exception: pass
try: config[10] = 'x'.center(4, 'ab')
except Exception: pass
try: config[11] = 'a\tb'.expandtabs()
except Exception: pass
try: config[12] = 'a\tb\n\tc'.expandtabs(4)
except Exception: pass
try: config[13] = '123'.isdigit()
except Exception: pass
try: config[14] = '12a'.isdigit()
except Exception: pass
try: config[15] = ''.isdigit()
except Exception: pass
try: config[16] = '²'.isdigit()
except Exception: pass
try: config[17] = '²'.isdecimal()
except Exception: pass
try: config[18] = '½'.isnumeric()
except Exception: pass
try: config[19] = 'abc'.isalpha()
except Exception: pass
try: config[20] = 'é日'.isalpha()
except Exception: pass
try: config[21] = 'ab1'.isalnum()
except Exception: pass
try: config[22] = ' \t'.isspace()
except Exception: pass
try: config[23] = 'abc'.islower()
except Exception: pass
try: config[24] = 'aBc'.islower()
except Exception: pass
