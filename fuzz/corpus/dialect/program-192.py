try:
    [][0]
except KeyError:
    config = {'v': 1}
except IndexError as e:
    config = {'v': str(e)}
