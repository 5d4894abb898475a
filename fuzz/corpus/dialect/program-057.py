try:
    try:
        undefined
    finally:
        x = 1
except NameError as e:
    config = {'x': x, 'e': str(e)}
