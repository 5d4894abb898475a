config = {}
try: config[0] = '{:,}'.format(1234567)
except Exception: pass
try: config[1] = '{:_}'.format(1234567)
except Exception: pass
try: config[2] = '{:_x}'.format(2 ** 40)
except Exception: pass
try: config[3] = '{:010,}'.format(1234)
except Exception: pass
try: config[4] = '{:08,}'.format(1234)
except Exception: pass
try: config[5] = '{:09,}'.format(-1234)
except Exception: pass
try: config[6] = '{:,.2f}'.format(1234567.891)
except Exception: pass
try: config[7] = '{:015,.2f}'.format(1234567.891)
except Exception: pass
try: config[8] = '{:>10}'.format(42)
except Exception: pass
try: config[9] = '{:<10}|'.format(42)
except Exception: pass
try: config[10] = '{:=10}'.format(-42)
except Exception: pass
try: config[11] = '{:*=+10d}'.format(42)
except Exception: pass
try: config[12] = '{:c}'.format(65)
except Exception: pass
try: config[13] = '{:5c}|'.format(65)
except Exception: pass
try: config[14] = '{:n}'.format(1234)
except Exception: pass
try: config[15] = '{:d}'.format(True)
except Exception: pass
try: config[16] = '{}'.format(True)
except Exception: pass
try: config[17] = '{:>5}'.format(True)
except Exception: pass
try: config[18] = '{:f}'.format(0.12345)
except Exception: pass
try: config[19] = '{:.3f}'.format(0.12345)
except Exception: pass
try: config[20] = '{:.0f}'.format(2.5)
except Exception: pass
try: config[21] = '{:e}'.format(12345.678)
except Exception: pass
try: config[22] = '{:.2e}'.format(0)
except Exception: pass
try: config[23] = '{:g}'.format(1e-5)
except Exception: pass
try: config[24] = '{:g}'.format(123456789.0)
except Exception: pass
