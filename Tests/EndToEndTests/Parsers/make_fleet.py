"""Writes the summaries of a fleet: make_fleet.py COUNT SEED SUMMARIES, where SUMMARIES has a line each of real reports.

Each line is one of those, as another machine would say it: of another name, time, kernel, CPU and hypervisor, and where a
fault was found, of another size and frequency. The same seed gives the same bytes.
"""

import datetime
import json
import random
import sys

count, seed = int(sys.argv[1]), int(sys.argv[2])
with open(sys.argv[3], encoding="utf-8") as file:
    originals = [json.loads(line) for line in file]
dice = random.Random(seed)
weights = [1 if each["verdict"] == "faulty" else 20 for each in originals]
kernels = [f"{major}.{minor}.0-{abi}-amd64" for major, minor in ((5, 10), (6, 1), (6, 12), (7, 2)) for abi in range(10)]
cpus = ["Intel 06-5e-03 (Skylake)", "Intel 06-6a-06 (Ice Lake servers)", "AMD 19-11-01 (Zen 4)", "a \"quoted\", CPU…"]
start = datetime.datetime(2026, 1, 1)
for number in range(count):
    summary = dict(dice.choices(originals, weights)[0])
    summary["machine"] = f"node-{number // 2:06}"
    time = start + datetime.timedelta(seconds=dice.randrange(300 * 86400))
    summary["time"] = time.isoformat() + "Z"
    summary["kernel"], summary["cpu"] = dice.choice(kernels), dice.choice(cpus)
    if dice.random() < 0.5:
        summary["platform"] = "bare-metal"
        summary.pop("hypervisor", None)
    summary["findings"] = [
        finding | {"median": dice.randrange(1, 200), "affected": dice.randrange(finding["of"]) + 1}
        for finding in summary["findings"]
    ]
    print(json.dumps(summary, ensure_ascii=False, separators=(",", ":")))
