try:
    {}['k']
except:
    config = {'v': 'bare'}
