# Who publishes where. This is the heart of the configuration: publishers look their own addresses up in it, and
# subscribers connect to all of them. Keep it the same on every host.
#
# A name is SERVICE.HOST, with the host's name up to its first dot. A publisher binds the first of its addresses that is
# free, so give a service as many addresses on a host as it has processes there.

config = dict(
    endpoints={
        # Three processes of a web application:
        #"bodhi.app01": [
        #    "tcp://app01.example.org:3000",
        #    "tcp://app01.example.org:3001",
        #    "tcp://app01.example.org:3002",
        #],

        # Python's own words save typing. The same for four hosts:
        #**{
        #    "bodhi.app%02i" % host: ["tcp://app%02i.example.org:%i" % (host, port) for port in range(3000, 3003)]
        #    for host in range(1, 5)
        #},

        # To follow somebody else's bus, name their gateway:
        #"fedora-infrastructure": ["tcp://hub.fedoraproject.org:9940"],
    },

    # Domains that publish their addresses in DNS, as SRV records of _fedmsg._tcp.DOMAIN.
    srv_endpoints=[],

    # Where a publisher hands out again what a subscriber has missed, one address a name.
    replay_endpoints={
        #"bodhi.app01": "tcp://app01.example.org:3900",
    },
)
