config = {'is': [1 is 1, 'a' is 'a', () is (), [] is [], None is None, True is 1]}
