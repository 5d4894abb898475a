#!/usr/bin/env python3
"""A consumer in mode `ack`, without any library: reads a message a line, and answers each once it is safe.

What is not answered, or answered with "ok": false, is handed out again; so a message can come twice, and its msg_id
tells. Configured as

    'consumers': {'journal': {'command': ['/usr/libexec/journal.py', '/var/lib/journal.jsonl'], 'mode': 'ack'}}
"""
import json
import os
import sys

with open(sys.argv[1], "a+", encoding="utf-8") as journal:
    journal.seek(0)
    seen = {json.loads(line)["msg_id"] for line in journal if line.endswith("\n")}
    for line in sys.stdin:
        msg_id = json.loads(line).get("msg_id")
        if msg_id not in seen:
            journal.write(line)
            journal.flush()
            os.fsync(journal.fileno())
            seen.add(msg_id)
        print(json.dumps({"msg_id": msg_id, "ok": True}), flush=True)
