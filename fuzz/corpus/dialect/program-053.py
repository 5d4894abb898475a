try:
    x = 1 / 0
except (ValueError, ZeroDivisionError):
    x = 'zero'
else:
    x = 'else'
finally:
    y = 'finally'
config = {'x': x, 'y': y}
