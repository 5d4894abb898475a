#!/bin/sh
# A consumer in mode `each`: runs once for each message, which is on its standard input; exit status 0 means that it
# is handled. This one puts messages into a mailbox file. Configured as
#
#     'consumers': {'mailbox': {'command': ['/usr/libexec/mailbox.sh', '/var/mail/fedmsg'], 'mode': 'each',
#                               'topic': 'org.fedoraproject.prod.git.*'}}
set -eu
mailbox=${1:?name the mailbox}
message=$(cat)
{
    printf 'From fedmsg@localhost %s\n' "$(date -u '+%a %b %e %H:%M:%S %Y')"
    printf 'Subject: a message from the bus\nContent-Type: application/json\n\n%s\n\n' "$message"
} >>"$mailbox"
# What it prints as such an object is published.
printf '{"publish": {"topic": "mail.sent", "modname": "mailbox", "msg": {"to": "%s"}}}\n' "$mailbox"
