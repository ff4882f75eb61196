"""Validates a KCIDB submission with kcidb-io's newest schema. Prints PATH OUTCOME."""

import json
import sys

from kcidb_io.schema import LATEST

with open(sys.argv[1], encoding="utf-8") as file:
    data = json.load(file)
assert LATEST.is_valid_exactly(data) if hasattr(LATEST, "is_valid_exactly") else LATEST.is_valid(data), LATEST.validate(data)
assert data["version"] == {"major": LATEST.major, "minor": LATEST.minor}
builds = {build["id"]: build for build in data["builds"]}
checkouts = {checkout["id"] for checkout in data["checkouts"]}
assert all(build["checkout_id"] in checkouts for build in builds.values())
assert len({test["id"] for test in data["tests"]}) == len(data["tests"])
outcomes = {"PASS": "pass", "FAIL": "fail", "ERROR": "error", "SKIP": "skip"}
for test in data["tests"]:
    assert test["build_id"] in builds
    print(test["path"], outcomes[test["status"]])
