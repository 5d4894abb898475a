import os as path, sys
config = {'v': path.sep}
