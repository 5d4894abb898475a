try:
    import nonexistent_module_xyz
except ImportError as e:
    config = {'e': str(e)}
