config = {}   
   
# only a comment
	# an indented one
if (n := 10) > 5: config['n'] = n
