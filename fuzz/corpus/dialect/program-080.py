import os
p = os.path
config = {
    'join': [p.join('/a', '/b', 'c'), p.join('a', '', 'b'), p.join('a/', 'b'), p.join(''), p.join('', 'a'), p.join('a', '')],
    'norm': [p.normpath(x) for x in ['', '.', 'a/../b', '../a', '/../a', '//a', '///a', 'a//b/./c/', '/', 'a/..', '/a/../..', '../../x']],
    'abs': [p.abspath('/x/../y'), p.abspath('/')],
    'dirname': [p.dirname(x) for x in ['', 'a', '/a', '/a/', 'a/b', '//a', '/', 'a//b', '//', '///a//b']],
    'basename': [p.basename(x) for x in ['', 'a', '/a', '/a/', 'a/b']],
    'split': [p.split(x) for x in ['', 'a', '/a', '/a/', '//x', '/']],
    'splitext': [p.splitext(x) for x in ['a.b', 'a', '.a', 'a.b.c', '/x.y/z', '..a', '.a.b', 'a.', '/.a', 'x/..b.c']],
    'isabs': [p.isabs('/a'), p.isabs('a')],
    'expand': [p.expanduser('a'), p.expanduser('a~')],
    'exists': [p.exists('/'), p.isdir('/'), p.isfile('/'), p.exists('/nonexistent'), p.exists('/dev/null'), p.isfile('/dev/null')],
}
