#!/usr/bin/env python3
"""Writes unicode_data.inc: what Python's str methods know about characters, as ranges.

Run with the Python whose answers are to be given (3.11: Unicode 14):  ./unicode_data.py > unicode_data.inc
"""
import sys
import unicodedata

EVERY = range(sys.maxunicode + 1)


def ranges(member):
    """Runs of characters for which member() is true."""
    out = []
    for c in EVERY:
        if not member(chr(c)):
            continue
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def mappings(change):
    """[first, last, stride, delta]: what maps one character to one other."""
    out = []
    for c in EVERY:
        to = change(chr(c))
        if len(to) != 1 or ord(to) == c:
            continue
        delta = ord(to) - c
        if out and out[-1][3] == delta and c - out[-1][1] in (1, 2):
            last = out[-1]
            stride = c - last[1]
            if last[2] in (0, stride):
                last[1], last[2] = c, stride
                continue
        out.append([c, c, 0, delta])
    return [[first, last, stride or 1, delta] for first, last, stride, delta in out]


def expansions(change):
    """What becomes two or three characters."""
    return [[c, *map(ord, change(chr(c)).ljust(3, "\0"))] for c in EVERY if len(change(chr(c))) > 1]


def is_case_ignorable(c):
    """Seen from how a capital sigma becomes small: "final" before what is ignored or has no case, and after what
    is ignored or has case."""
    return ("a\u03a3" + c).lower()[1] == "\u03c2" and ("a" + c + "\u03a3").lower()[-1] == "\u03c2"


def put(kind, name, rows):
    print(f"constexpr {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        item = " {" + ", ".join(hex(v) if i == 0 or kind != "Mapping" or i == 1 else str(v) for i, v in enumerate(row)) + "},"
        if len(line) + len(item) > 108:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


print(f"// Made by unicode_data.py from Unicode {unicodedata.unidata_version}: do not edit.")
print("// clang-format off")
put("Range", "alphabetic", ranges(str.isalpha))
put("Range", "decimal", ranges(str.isdecimal))
put("Range", "digit", ranges(str.isdigit))
put("Range", "numeric", ranges(str.isnumeric))
put("Range", "unprintable", ranges(lambda c: not c.isprintable()))
put("Range", "upper_case", ranges(str.isupper))
put("Range", "lower_case", ranges(str.islower))
put("Range", "title_case", ranges(lambda c: unicodedata.category(c) == "Lt"))
put("Range", "case_ignorable", ranges(is_case_ignorable))
put("Mapping", "to_upper_case", mappings(str.upper))
put("Mapping", "to_lower_case", mappings(str.lower))
put("Mapping", "to_title_case", mappings(str.title))
put("Expansion", "upper_expansions", expansions(str.upper))
put("Expansion", "lower_expansions", expansions(str.lower))
put("Expansion", "title_expansions", expansions(str.title))
