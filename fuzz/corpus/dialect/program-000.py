x = 'a\
b'
config = dict(x=x, y='''a
''', z=f'''{
1}''')
