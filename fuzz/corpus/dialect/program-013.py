fs = [lambda: i for i in range(3)]
gs = [lambda i=i: i for i in range(3)]
config = {'v': [f() for f in fs], 'w': [g() for g in gs]}
