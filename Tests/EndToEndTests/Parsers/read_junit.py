"""Reads JUnit XML with junitparser. Prints NAME OUTCOME."""

import sys

from junitparser import Error, Failure, JUnitXml, Skipped

xml = JUnitXml.fromfile(sys.argv[1])
names = {Failure: "fail", Error: "error", Skipped: "skip"}
counts = dict.fromkeys(["pass", "fail", "error", "skip"], 0)
(suite,) = xml
for case in suite:
    outcome = names[type(case.result[0])] if case.result else "pass"
    assert len(case.result) <= 1 and case.classname == "truecount" and case.time >= 0
    counts[outcome] += 1
    print(case.name, outcome)
assert suite.time >= 0
for element in (xml, suite):
    assert element.tests == sum(counts.values())
    assert (element.failures, element.errors, element.skipped) == (counts["fail"], counts["error"], counts["skip"])
assert {each.name for each in suite.properties()} >= {"scope", "source", "verdict", "seed", "tool", "reproduce"}
