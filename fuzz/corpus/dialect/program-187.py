config = {'v': [len('x' * n) for n in (0, 1, 10)]}
