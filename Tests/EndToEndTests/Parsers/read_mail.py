"""Reads a mail with Python's own parser. Prints each header, then the body's lines behind a bar."""

import email
import email.policy
import sys

with open(sys.argv[1], "rb") as file:
    message = email.message_from_binary_file(file, policy=email.policy.default)
assert not message.defects, message.defects
assert not message.is_multipart()
for name, value in message.items():
    assert not value.defects, (name, value.defects)
    print(f"{name}: {value}")
for line in message.get_content().splitlines():
    print(f"| {line}")
