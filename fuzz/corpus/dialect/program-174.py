config = {'v': [x for x in [1, 2]], 'z': [[(i, j) for i in range(2)] for j in range(2)]}
