"""Reads a step's output as the runner of GitHub Actions does. Prints each command, unescaped, on one line.

Rules of ActionCommand.cs: a line that begins with "::" after blanks is a command of the form ::NAME PROPERTIES::DATA; a
line with "##[" anywhere is one of the older form.
"""

import re
import sys

COMMAND = re.compile(r"::([^ :]+)(?: ([^:]*))?::(.*)")


def unescaped(text, codes):
    for code, character in codes:
        text = text.replace(code, character)
    return text


DATA = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
PROPERTY = [("%3A", ":"), ("%2C", ",")] + DATA

with open(sys.argv[1], encoding="utf-8", newline="") as file:
    lines = re.split(r"\r\n|\n|\r", file.read())
for line in lines:
    assert "##[" not in line, line
    if line.strip().startswith("::"):
        name, properties, data = COMMAND.fullmatch(line).groups()
        for each in filter(None, (properties or "").split(",")):
            key, value = each.split("=", 1)
            name += f" {key}={unescaped(value, PROPERTY)}"
        print(name + " " + repr(unescaped(data, DATA)))
