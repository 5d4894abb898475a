try:
    try:
        raise ValueError('inner')
    except ValueError:
        raise
except ValueError as e:
    config = {'e': str(e)}
