"""Reads LAVA's signals by the rules of its dispatcher. Prints NAME OUTCOME, measurements behind the outcome.

lava_dispatcher looks for "<LAVA_SIGNAL_NAME PARAMETERS>" anywhere, splits the parameters at blanks and each at one
equals sign, takes measurements for decimals, and refuses results but pass, fail, skip and unknown.
"""

import re
import sys
from decimal import Decimal

SIGNAL = re.compile(r"<LAVA_SIGNAL_(\S+) ([^>]+)>")

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
signals = SIGNAL.findall(text)
assert text.count("<LAVA_SIGNAL") == len(signals)
inside = False
for name, parameters in signals:
    if name == "TESTSET":
        inside = not inside
        assert re.fullmatch("START truecount(-gate)?" if inside else "STOP", parameters)
        continue
    assert name == "TESTCASE" and inside
    values = dict(parameter.split("=") for parameter in parameters.split())
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", values["TEST_CASE_ID"])
    outcome = {"pass": "pass", "fail": "fail", "skip": "skip", "unknown": "error"}[values["RESULT"]]
    if "MEASUREMENT" in values:
        print("measured", values["TEST_CASE_ID"], outcome, Decimal(values["MEASUREMENT"]), values["UNITS"])
    else:
        print(values["TEST_CASE_ID"], outcome)
assert signals and not inside
