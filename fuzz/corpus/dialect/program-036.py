for i in range(3):
    if i == 1:
        break
else:
    i = 'else'
config = {'i': i}
