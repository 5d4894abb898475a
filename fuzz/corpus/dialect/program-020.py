a = [1, 2]
a *= 2
a += 'xy'
a += (x for x in range(2))
config = {'a': a}
