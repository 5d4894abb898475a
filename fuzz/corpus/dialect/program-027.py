l = [3, 1, 2]
l.sort()
l.reverse()
l.insert(0, 9)
l.insert(100, 8)
l.insert(-1, 7)
l.remove(1)
p = l.pop(0)
l.extend([5])
config = {'l': l, 'p': p, 'q': l.pop(), 'r': l.pop(-2), 'i': l.index(7)}
