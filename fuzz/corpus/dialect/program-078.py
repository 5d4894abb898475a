import os.path as p, os
from os import path, getcwd as cwd, environ
config = {'a': p.join('a', 'b'), 'b': path is p, 'c': cwd() == os.getcwd(), 'd': os.path.basename('/a/b')}
