out = []
for i in range(10):
    if i % 2:
        continue
    for j in range(10):
        if j > i:
            break
        out.append((i, j))
config = {'out': out}
