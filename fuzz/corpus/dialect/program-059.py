def f():
    for i in range(5):
        try:
            if i == 2:
                return i
            continue
        finally:
            seen.append(i)
seen = []
config = {'f': f(), 'seen': seen}
