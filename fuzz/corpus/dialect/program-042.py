(a, b), [c, *d] = (1, 2), 'xyz'
*e, f = range(4)
g, = [7]
config = dict(a=a, b=b, c=c, d=d, e=e, f=f, g=g)
