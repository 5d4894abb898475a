x = 3
config = {'v': f"{x:{'>' if x else '<'}{5}}", 'w': f'{x!r:^{x}}', 'y': f"{ x }" f'{x}{{}}' '{x}', 'z': f'{{{x}}}'}
