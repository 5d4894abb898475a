"""docstring"""
from __future__ import print_function, unicode_literals, absolute_import
import os, socket as s, sys
config = {'a': os.sep, 'b': sys.platform, 'c': s.gethostname() == s.gethostname()}
