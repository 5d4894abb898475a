l = [1, 2, 3]
for x in l:
    if x < 3 and len(l) < 6:
        l.append(x + 10)
config = {'l': l}
