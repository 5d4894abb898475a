config = {}
try: config[0] = f'{1 + 1}'
except Exception: pass
try: config[1] = f'{"a" * 3:>5}'
except Exception: pass
try: config[2] = f'{3.14159:.2f}'
except Exception: pass
try: config[3] = f'{42:05d} {42!r}'
except Exception: pass
try: config[4] = f'{"a"!r:>5}'
except Exception: pass
try: config[5] = f'{{literal}}{1}'
except Exception: pass
try: config[6] = f'{1:{2 + 3}}|'
except Exception: pass
try: config[7] = f'{1:>{"5"}}|'
except Exception: pass
try: config[8] = f'{[1, 2][0]}'
except Exception: pass
try: config[9] = f"{ {'a': 1}['a'] }"
except Exception: pass
try: config[10] = f'{1 if 0 else 2}'
except Exception: pass
try: config[11] = f'{(lambda x: x + 1)(1)}'
except Exception: pass
try: config[12] = f'{1,2}'
except Exception: pass
try: config[13] = f'{5=}'
except Exception: pass
try: config[14] = f'{5 = }'
except Exception: pass
try: config[15] = f'{"a"=!s}'
except Exception: pass
try: config[16] = f'{1 == 1}'
except Exception: pass
try: config[17] = f'{1 != 2}'
except Exception: pass
try: config[18] = f'{1:d}' 'b' f'{2}'
except Exception: pass
try: config[19] = rf'\d{1}'
except Exception: pass
try: config[20] = fr'{1}\n'
except Exception: pass
try: config[21] = f'\N{SNOWMAN}{1}'
except Exception: pass
try: config[22] = f'\x41{1}\n'
except Exception: pass
try: config[23] = f'{"é":é^5}'
except Exception: pass
try: config[24] = f'{1:}}}' if False else 1
except Exception: pass
