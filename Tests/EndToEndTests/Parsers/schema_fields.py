"""Prints docs/report-fields.md: every field of a JSON Schema, one table an object, in the schema's own words."""

import json
import sys


def kind(schema):
    """What a value is, in a few words; the name of an object that has a table of its own is a link."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        definition = definitions[name]
        return kind(definition) if "properties" not in definition else f"[{name}](#{name.lower()})"
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "oneOf" in schema:
        return " or ".join(map(kind, schema["oneOf"]))
    if isinstance(schema.get("type"), list):
        return " or ".join(schema["type"])
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    if "properties" in schema:
        return "object, below"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {kind(schema['additionalProperties'])}"
    word = schema.get("type", "any")
    return {"integer": "integer", "number": "number", "string": "text"}.get(word, str(word))


def rows(schema, prefix=""):
    required = set(schema.get("required", []))
    for name, field in schema.get("properties", {}).items():
        text = field.get("description", "")
        if "$ref" in field and not text:
            text = definitions[field["$ref"].rsplit("/", 1)[1]].get("description", "")
        examples = ", ".join(f"`{example}`" for example in field.get("examples", []))
        text = " ".join(part for part in (text, f"Such as {examples}." if examples else "") if part)
        always = "yes" if name in required else ""
        yield f"| `{prefix}{name}` | {kind(field)} | {always} | {text} |".replace("  ", " ")
        inner = field.get("items", field) if field.get("type") == "array" else field
        if "properties" in inner:
            yield from rows(inner, f"{prefix}{name}.")


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
definitions = schema["$defs"]
print("# Every field of the report\n")
print("Made of [the schema](../Sources/Reporting/Schema/report.schema.json) by `schema_fields.py` (see")
print("[extending.md](extending.md)); [report-format.md](report-format.md) has the rules. *always*: the field is never left out.\n")
print(schema["description"])
heading = "\n| field | value | always | what |\n|---|---|---|---|"
print("\n## The report" + "\n" + heading)
print("\n".join(rows(schema)))
for name, definition in definitions.items():
    if "properties" not in definition:
        continue
    print(f"\n## {name}\n")
    if "description" in definition:
        print(definition["description"] + "\n" + heading)
    else:
        print(heading.lstrip())
    print("\n".join(rows(definition)))
