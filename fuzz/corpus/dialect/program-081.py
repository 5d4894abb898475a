import os
config = {'v': [os.environ.get('NO_SUCH_VARIABLE'), os.environ.get('NO_SUCH_VARIABLE', 5), os.getenv('NO_SUCH_VARIABLE'), 'NO_SUCH_VARIABLE' in os.environ]}
config['w'] = os.environ['NO_SUCH_VARIABLE']
