# What all hosts and programs of the bus have in common. The same file is meant to be on every host.
#
# The files of this folder are read in the order of their names, later ones win; every key is described in
# fedmsg.d(5). `fedmsg config` shows the result, `fedmsg config --check` says what is wrong with it.

config = dict(
    # First words of the topics of everything that this site publishes: its domain, reversed.
    topic_prefix="org.fedoraproject",

    # The word after it: dev, stg or prod. Say prod on the hosts that are.
    environment="dev",

    # How many messages to keep for a peer that does not keep up, before the newest are dropped. 0: as many as there
    # are. Memory is the limit then, so choose a number if subscribers are not your own.
    high_water_mark=0,

    # Threads that move bytes. One carries hundreds of thousands of small messages a second.
    io_threads=1,

    # Seconds. The first is how long a publisher that has just started waits for somebody to listen (it goes on as
    # soon as somebody does); the second how long connecting to the relay may take.
    post_init_sleep=0.5,
    timeout=2,

    # Milliseconds that a program which ends gives its last messages to leave.
    zmq_linger=1000,

    # ZeroMQ carries the messages. Where a STOMP broker does, this is False.
    zmq_enabled=True,

    # When True, a consumer's topic is a whole topic and no longer the beginning of one.
    zmq_strict=False,

    # Notice a peer that vanished without a word, as behind a firewall that forgets quiet connections: ask after 60
    # seconds of silence, then every 5 seconds, and give up after 3 questions without an answer.
    zmq_tcp_keepalive=1,
    zmq_tcp_keepalive_idle=60,
    zmq_tcp_keepalive_intvl=5,
    zmq_tcp_keepalive_cnt=3,

    # Milliseconds until a lost connection is tried again, and what that time may grow to.
    zmq_reconnect_ivl=100,
    zmq_reconnect_ivl_max=1000,

    # Where consumers note how far they came, so that they can fetch what they missed while they were down. It needs
    # datagrepper_url, or a replay endpoint, to fetch it from.
    #status_directory="/var/lib/fedmsg/status",
    #datagrepper_url="https://apps.fedoraproject.org/datagrepper/raw",
)
