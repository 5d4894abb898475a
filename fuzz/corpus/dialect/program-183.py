config = {}
exec('config["a"] = 1') if 0 else None
