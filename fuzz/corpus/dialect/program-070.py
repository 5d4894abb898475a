assert 1 == 1, 'fine'
assert 1 == 2, 'not equal: %d' % 5
