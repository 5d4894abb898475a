def f(a, b=2, *rest, c=3, **more):
    return [a, b, rest, c, sorted(more.items())]
config = dict(v=[f(1), f(1, 5), f(1, 2, 3, 4), f(1, c=9), f(1, z=1, y=2), f(*[1, 2, 3], **{'c': 4})])
