try:
    int('x')
except Exception as e:
    config = {'e': str(e)}
config['f'] = e
