def outer(n):
    total = []
    def inner(x):
        total.append(x + n)
        return len(total)
    for i in range(3):
        inner(i)
    return total
config = {'v': outer(10)}
