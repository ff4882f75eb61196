"""Validates reports against the schema: validate_schema.py SCHEMA REPORT... prints a line for each of them.

A report may hold more than the schema knows, from a later version. These come from this one, so what the schema does not
describe is told as well.
"""

import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def closed(value):
    """The schema, with objects that hold what it describes and nothing else."""
    if isinstance(value, list):
        return [closed(item) for item in value]
    if not isinstance(value, dict):
        return value
    inside = {key: closed(item) for key, item in value.items()}
    return {"additionalProperties": False} | inside if "properties" in value else inside


described = Draft202012Validator(closed(schema))


def has_null(value):
    """Whether there is a null anywhere but in the columns of a ledger's rows."""
    if isinstance(value, dict):
        return any(has_null(item) for key, item in value.items() if key != "kept")
    return any(map(has_null, value)) if isinstance(value, list) else value is None


for path in sys.argv[2:]:
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    error = next(validator.iter_errors(report), None)
    unknown = next(described.iter_errors(report), None)
    if "verdict" not in report:
        print("no report")
    elif has_null(report):
        print("null")
    elif error:
        print("invalid:", "/".join(map(str, error.absolute_path)))
    elif unknown:
        print("not described:", unknown.message)
    else:
        print("valid")
