s = 'x'
s += 'y'
s *= 2
config = {'s': s}
