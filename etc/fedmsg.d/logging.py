# What is logged and where, in the form of Python's logging.config.dictConfig.
#
# Levels are DEBUG, INFO, WARNING, ERROR, CRITICAL. Known handlers are the four below; each takes "level" and
# "formatter". Under systemd, standard error is the journal.

config = dict(
    logging=dict(
        version=1,
        formatters={
            "bare": {
                "datefmt": "%Y-%m-%d %H:%M:%S",
                "format": "[%(asctime)s][%(name)10s %(levelname)7s] %(message)s",
            },
        },
        handlers={
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "bare",
                "level": "INFO",
                "stream": "ext://sys.stderr",
            },
            #"syslog": {"class": "logging.handlers.SysLogHandler", "address": "/dev/log", "facility": "daemon"},
            #"file": {"class": "logging.FileHandler", "formatter": "bare", "filename": "/var/log/fedmsg/fedmsg.log"},
            #"rotating": {
            #    "class": "logging.handlers.RotatingFileHandler",
            #    "formatter": "bare",
            #    "filename": "/var/log/fedmsg/fedmsg.log",
            #    "maxBytes": 10 * 1024 * 1024,
            #    "backupCount": 5,
            #},
        },
        loggers={
            # The program itself ...
            "fedmsg": {"level": "INFO", "propagate": False, "handlers": ["console"]},
            # ... and the hub that runs its consumers.
            "moksha": {"level": "INFO", "propagate": False, "handlers": ["console"]},
        },
    ),
)
