"""Prints the shell commands of a LAVA test definition or of a GitHub workflow, one a line."""

import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
if "jobs" in document:
    steps = [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]
else:
    steps = document["run"]["steps"]
for step in steps:
    assert "\n" not in step.strip()
    print(step.strip())
