# The relay publishes on behalf of programs that cannot have an address of their own, because they live for a second
# (scripts, cron jobs) or in great numbers.
#
# As it stands it serves this host alone. To serve others, write a name or address of this host that they can reach
# into both places, here and in their copy of this file. Whoever reaches relay_inbound can publish: keep it behind a
# firewall.

config = dict(
    endpoints={
        # Where the relay publishes and everybody subscribes.
        "relay_outbound": [
            "tcp://127.0.0.1:4001",
        ],
    },

    # Where `fedmsg logger` and others hand in their messages.
    relay_inbound="tcp://127.0.0.1:2003",
)
