"""Compares the table of fleet-sql with what compare --fleet says: fleet_agrees.py CSV JSON. Prints how much is the same."""

import csv
import json
import sys

NAMES = ("kernel", "cpu", "core_type", "platform", "hypervisor", "source")
VERDICTS = ("faulty", "inconclusive", "unsupported", "accurate")
groups, faults = {}, {}
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        key = tuple(row[name] for name in NAMES)
        groups[key] = (int(row["reports"]), *(int(row[verdict]) for verdict in VERDICTS), row["last_report"])
        if row["fault"]:
            faults[key + (row["fault"], row["direction"], row["per"])] = (
                int(row["fault_reports"]), int(row["least_median"]), int(row["greatest_median"]))

told, told_faults = {}, {}
with open(sys.argv[2], encoding="utf-8") as file:
    page = json.load(file)
for group in page["groups"]:
    if group["source"] == "simulated" or "induced" in group:
        continue
    key = tuple(group.get("coreType" if name == "core_type" else name, "") for name in NAMES)
    assert key not in told
    told[key] = (group["reports"], *(group["verdicts"].get(verdict, 0) for verdict in VERDICTS), group["last"])
    for fault in group["faults"]:
        told_faults[key + (fault["fault"], fault["direction"], fault["per"])] = (
            fault["reports"], fault["least"], fault["greatest"])
assert page["unreadableCount"] == 0
assert groups == told, set(groups.items()) ^ set(told.items())
assert faults == told_faults, set(faults.items()) ^ set(told_faults.items())
print(f"{len(groups)} groups, {len(faults)} faults: the same")
