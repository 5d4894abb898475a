d = dict((str(i), i) for i in range(100))
for i in range(95): del d[str(i)]
d['x'] = 1
config = d
