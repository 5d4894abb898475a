for i in [1]:
    def f():
        break
