config = {'v': '%s' % (1, 2)[0], 'w': '%s-%s' % tuple([1, 2])}
