config = {
    'a': 1,  # comment
    # another

    'b':
        2
    ,
}; x = 1
