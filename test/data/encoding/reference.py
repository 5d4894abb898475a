"""The reference encoder: reads JSON texts, each ended by the byte 1E, and writes what Python's json module makes of
each, ended in the same way: its canonical form, a 1F and its indented form; or nothing where json refuses it."""
import json
import sys

for text in sys.stdin.buffer.read().split(b"\x1e")[:-1]:
    try:
        value = json.loads(text.decode("utf-8"))
        forms = json.dumps(value, sort_keys=True, separators=(",", ":")), json.dumps(value, indent=2)
    except (ValueError, RecursionError):
        forms = []
    sys.stdout.write("\x1f".join(forms) + "\x1e")
