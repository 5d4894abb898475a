d = {'a': 1, 'b': 2}
for k in list(d):
    d[k + k] = d.pop(k)
config = d
