"""Validates a test definition with LAVA's own schema (Debian: lava-common). Prints valid, or what is wrong."""

import sys

import voluptuous
import yaml
from lava_common.schemas.test import testdef

with open(sys.argv[1], encoding="utf-8") as file:
    document = yaml.safe_load(file)
try:
    testdef.validate(document)
    print("valid")
except voluptuous.Invalid as error:
    print("invalid:", error)
