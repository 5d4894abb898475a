l = list(range(20))
d = {}
for i in l:
    d[i] = i
for i in l[::2]:
    del d[i]
for i in range(100, 130):
    d[i] = i
d[0] = 'again'
config = {'v': list(d), 'n': len(d), 'p': d.popitem()}
