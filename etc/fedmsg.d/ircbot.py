# The IRC bot reports messages to channels.

config = dict(
    # One dict for each channel.
    irc=[
        #dict(
        #    network="irc.libera.chat",
        #    port=6697,
        #    ssl=True,
        #    nickname="fedmsg-bot",
        #    #sasl_user="fedmsg-bot",  # an account there, and its password
        #    #sasl_pass="secret",
        #    channel="#example-noise",
        #
        #    # Sentences with colours rather than topics and JSON.
        #    make_pretty=True,
        #    make_terse=True,
        #
        #    # Seconds between two lines, so that the network does not throw the bot out.
        #    line_rate=1.0,
        #
        #    # Regular expressions; a message that any of them matches is not reported.
        #    filters=dict(
        #        topic=[r"\.koji\."],
        #        body=[],
        #    ),
        #),
    ],

    # Colours of titles by their first word: white, black, blue, green, red, brown, purple, orange, yellow, light green,
    # teal, light cyan, light blue, pink, grey, light grey.
    irc_color_lookup={
        #"git": "red",
        #"bodhi": "green",
    },

    # notice or msg. Bots do not answer notices, so two of them cannot keep each other busy.
    irc_method="notice",
)
