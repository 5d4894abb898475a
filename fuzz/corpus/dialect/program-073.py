try:
    assert False, 'why'
except AssertionError as e:
    config = {'e': str(e)}
