"""Reads TAP with tap.py, as pytest-tap and Drone do, and the YAML blocks with PyYAML. Prints NAME OUTCOME."""

import sys

from tap.parser import Parser

points = plan = 0
for line in Parser().parse_file(sys.argv[1]):
    if line.category == "version":
        assert line.version == 14, line.version
    elif line.category == "plan":
        plan = line.expected_tests
    elif line.category == "test":
        points += 1
        assert line.number == points, line
        block = line.yaml_block
        assert block and block["title"] and block["answer"] is not None, line
        outcome = "skip" if line.skip else "pass" if line.ok else "fail"
        if block["outcome"] == "inconclusive":
            assert outcome == "fail"
            outcome = "error"
        assert not line.todo
        print(line.description.removeprefix("- "), outcome)
    else:
        assert line.category == "diagnostic", (line.category, str(line))
assert points == plan > 0
