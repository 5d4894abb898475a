# The gateway repeats the whole bus on one port, for subscribers outside of the site.

config = {
    "fedmsg.consumers.gateway.port": 9940,

    # Subscribers outside can be slow for ever. This is how many messages are kept for each of them before the newest
    # are dropped: memory is at most this number times the number of subscribers times the size of a message.
    "fedmsg.consumers.gateway.high_water_mark": 1000,
}
