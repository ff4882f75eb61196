"""Prints the shell commands of a LAVA test definition, a GitHub workflow or a tmt test, one a line."""

import sys

import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
if "jobs" in document:
    steps = [step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step]
elif "test" in document:
    steps = [document["test"]]
else:
    steps = document["run"]["steps"]
for step in steps:
    assert "\n" not in step.strip()
    print(step.strip())
