try:
    import os.nonexistent
except ImportError:
    config = {'a': 1}
