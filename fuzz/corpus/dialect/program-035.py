s = {1, 2}
s.add(3); s.discard(1); s.discard(9); s.update([7], [8]); s.remove(2)
t = s.copy()
t.clear()
t.add(1)
config = {'s': s, 't': t, 'p': t.pop()}
