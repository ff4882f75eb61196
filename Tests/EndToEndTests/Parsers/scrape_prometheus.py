"""Starts node_exporter and Prometheus on loopback, and prints what Prometheus then knows.

scrape_prometheus.py FOLDER RULES ALERT... where FOLDER is the textfile collector's. Prints each sample of truecount's as
NAME{LABELS} VALUE, then each alert with its state and summary, once those named are there. Each step waits for what it
needs with a generous limit, and nothing is left running.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

LIMIT = 120


def port(process):
    """The port that a process listens on: it took a free one."""
    sockets = set()
    for descriptor in os.listdir(f"/proc/{process.pid}/fd"):
        try:
            sockets.add(os.readlink(f"/proc/{process.pid}/fd/{descriptor}"))
        except FileNotFoundError:
            pass
    with open(f"/proc/{process.pid}/net/tcp", encoding="ascii") as file:
        for line in file.readlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                return int(fields[1].split(":")[1], 16)
    return None


def until(what, look):
    """Looks until there is something to see."""
    end = time.monotonic() + LIMIT
    while True:
        try:
            if found := look():
                return found
        except (urllib.error.URLError, ConnectionError):
            pass
        for process in started:
            assert process.poll() is None, f"{process.args[0]} ended with {process.returncode}"
        assert time.monotonic() < end, f"{what}: not within {LIMIT} s"
        time.sleep(0.1)


def get(server, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{server}{path}", timeout=LIMIT) as answer:
        return answer.read().decode()


def ask(server, path):
    return json.loads(get(server, path))["data"]


started = []
with tempfile.TemporaryDirectory() as folder:

    def start(*arguments):
        with open(f"{folder}/{len(started)}.log", "wb") as log:
            started.append(subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder))
        return until(arguments[0], lambda: port(started[-1]))

    try:
        exporter = start(
            "prometheus-node-exporter", "--web.listen-address=127.0.0.1:0", "--collector.disable-defaults",
            "--collector.uname", "--collector.textfile", f"--collector.textfile.directory={sys.argv[1]}")
        assert "node_textfile_scrape_error 0" in get(exporter, "/metrics"), "node_exporter cannot read the file"
        with open(f"{folder}/prometheus.yml", "w", encoding="ascii") as file:
            json.dump({
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [os.path.abspath(sys.argv[2])],
                "scrape_configs": [{"job_name": "node", "static_configs": [{"targets": [f"127.0.0.1:{exporter}"]}]}],
            }, file)
        server = start(
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            "--web.listen-address=127.0.0.1:0")
        until("Prometheus", lambda: "Ready" in get(server, "/-/ready"))
        query = "/api/v1/query?query=" + urllib.parse.quote('{__name__=~"truecount_.*"}')
        for sample in until("a scrape", lambda: ask(server, query)["result"]):
            labels = sample["metric"]
            name = labels.pop("__name__")
            assert labels.pop("instance") == f"127.0.0.1:{exporter}" and labels.pop("job") == "node"
            pairs = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
            print(f"{name}{{{pairs}}} {sample['value'][1]}")

        def alerts():
            found = {alert["labels"]["alertname"]: alert for alert in ask(server, "/api/v1/alerts")["alerts"]}
            return found if found.keys() >= set(sys.argv[3:]) else None

        for name, alert in sorted(until("alerts", alerts).items()):
            print("ALERT", name, alert["state"], alert["annotations"]["summary"].replace(f":{exporter}", ""))
    finally:
        for process in started:
            process.kill()
            process.wait()
