def f():
    try:
        return 'try'
    finally:
        config['finally'] = 1
config = {}
config['f'] = f()
