from os.path import (join, dirname,
                     basename)
config = {'v': [join('a', 'b'), dirname('/a/b/c'), basename('a/b')]}
