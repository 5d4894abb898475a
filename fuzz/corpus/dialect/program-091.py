print('a', 'b', sep='-', end='')
config = {'v': print('x')}
