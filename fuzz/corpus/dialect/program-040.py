n = 3
while n: n -= 1
else: n = 'else'
config = {'n': n}
