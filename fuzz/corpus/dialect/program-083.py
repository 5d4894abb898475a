if 0:
    x = 1
elif '':
    x = 2
elif []:
    x = 3
else:
    x = 4
config = {'x': x}
