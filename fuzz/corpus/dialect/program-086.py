config = {}
if True:
	config['tab'] = 1
	if True:
	    config['mixed'] = 2
