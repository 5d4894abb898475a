#!/usr/bin/env python3
"""Reads every #include under src and subcommands and fails on one that points up the building."""
import pathlib
import re
import sys

BELOW = {
    "util": "",
    "http": "util",
    "encoding": "util",
    "message": "encoding util",
    "config": "encoding util",
    "wire": "util",
    "crypto": "config http message encoding util",
    "tls": "util",
    "irc": "crypto util",
    "loop": "util",
    "meta": "config message encoding util",
    "bus": "config message encoding loop util wire",
    "services": "bus config crypto http irc meta message encoding loop tls util",
    "api": "bus config crypto meta message encoding loop util",
    "cli": "config encoding util",
    "subcommands": "api bus cli config crypto http meta message encoding loop services util",
}

root = pathlib.Path(sys.argv[1])
wrong = []
for path in sorted([*root.glob("src/*/**/*.[ch]*"), *root.glob("subcommands/*.[ch]*")]):
    parts = path.relative_to(root).parts
    room = parts[1] if parts[0] == "src" else parts[0]
    for other in re.findall(r'^#include "(\w+)/', path.read_text(), re.M):
        if other != room and other not in BELOW[room].split():
            wrong.append(f"{path.relative_to(root)}: {room} may not include {other}")
sys.exit("\n".join(wrong) or 0)
