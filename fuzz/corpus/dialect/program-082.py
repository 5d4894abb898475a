import sys
config = {'v': [sys.version_info[0], sys.version_info >= (3,), sys.version_info.major, sys.maxsize]}
