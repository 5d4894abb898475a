config = {k: v for d in [{'a': 1}, {'b': 2}] for k, v in d.items()}
