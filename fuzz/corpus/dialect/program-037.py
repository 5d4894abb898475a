for i in range(3):
    pass
else:
    i = 'else'
config = {'i': i}
