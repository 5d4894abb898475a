config = {}
try: config[0] = undefined_name
except Exception: pass
try: config[1] = len()
except Exception: pass
try: config[2] = len(1, 2)
except Exception: pass
try: config[3] = len(x=1)
except Exception: pass
try: config[4] = str(1, 2, 3, 4)
except Exception: pass
try: config[5] = int(1, 2)
except Exception: pass
try: config[6] = sum()
except Exception: pass
try: config[7] = isinstance(1)
except Exception: pass
