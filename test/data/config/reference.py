"""Evaluates every expression and program, and prints one line of JSON for each: what Python gives.

Usage: reference.py EXPRESSIONS PROGRAMS
"""
import contextlib
import io
import json
import sys
import warnings

warnings.simplefilter("ignore")
sys.set_int_max_str_digits(4300)


def plain(value):
    """As a configuration file in JSON would hold it: a set is a sorted list, a function null."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, set):
        return [plain(item) for item in sorted(value)]
    return None if callable(value) and not isinstance(value, type) else value


def answer(source):
    variables = {}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "x.py", "exec"), variables)
        return {"source": source, "value": plain(variables["config"])}
    except BaseException as e:
        return {"source": source, "error": type(e).__name__, "text": str(e)}


def sources(expressions, programs):
    for line in open(expressions, encoding="utf-8"):
        if line.strip() and not line.startswith("#"):
            yield "config = {'v': " + line.rstrip("\n") + "\n}\n"
    text = open(programs, encoding="utf-8").read()
    yield from text.split("\n", 1)[1].split("---\n")


for source in sources(sys.argv[1], sys.argv[2]):
    try:
        print(json.dumps(answer(source)))
    except (TypeError, ValueError) as e:
        print(json.dumps({"source": source, "error": "conversion", "text": str(e)}))
