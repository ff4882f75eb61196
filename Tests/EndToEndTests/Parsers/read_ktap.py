"""Reads KTAP by the rules of the kernel's Documentation/dev-tools/ktap.rst, and of kselftest.h. Prints NAME OUTCOME.

Written from the document, with the patterns that tools/testing/kunit/kunit_parser.py states: a result line holds no
hash but the directive's, and numbers count up from one.
"""

import re
import sys

RESULT = re.compile(r"(ok|not ok) ([0-9]+) ([^#]+?)(?: # (SKIP|TODO|XFAIL|TIMEOUT|ERROR)(?: ([^#]*))?)?")
TOTALS = re.compile(r"# Totals: pass:(\d+) fail:(\d+) xfail:(\d+) xpass:(\d+) skip:(\d+) error:(\d+)")

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    text = file.read()
assert text.endswith("\n") and "\r" not in text
lines = text[:-1].split("\n")
assert lines[0] == "KTAP version 1"
plan = int(re.fullmatch(r"1\.\.([1-9][0-9]*)", lines[1])[1])
counts = {"pass": 0, "fail": 0, "skip": 0, "error": 0}
totals = None
for line in lines[2:]:
    assert totals is None, "nothing follows the totals"
    if totals := TOTALS.fullmatch(line):
        continue
    if line.startswith("# "):
        continue
    result = RESULT.fullmatch(line)
    assert result, line
    word, number, name, directive, _ = result.groups()
    assert int(number) == sum(counts.values()) + 1
    # LKFT makes a slug of each name; one that is a slug already keeps its history.
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", name), name
    outcome = {None: "pass" if word == "ok" else "fail", "SKIP": "skip", "ERROR": "error"}[directive]
    assert directive != "ERROR" or word == "not ok"
    counts[outcome] += 1
    print(name, outcome)
assert sum(counts.values()) == plan
assert [int(count) for count in totals.groups()] == [
    counts["pass"], counts["fail"], 0, 0, counts["skip"], counts["error"]]
