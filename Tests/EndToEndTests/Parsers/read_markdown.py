"""Reads Markdown with markdown-it (CommonMark, tables, HTML let through). Prints headings, and the cells of tables.

Fails if there is anything that could load, link, mention or run.
"""

import re
import sys

from markdown_it import MarkdownIt

with open(sys.argv[1], encoding="utf-8") as file:
    text = file.read()
parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def words(token):
    """What a reader sees of an inline token."""
    return "".join(child.content for child in token.children)


tokens = parser.parse(text)
for token in tokens:
    for each in [token] + (token.children or []):
        assert each.type not in ("html_block", "html_inline", "link_open", "image", "s_open", "fence"), each
        if each.type == "text":
            # GitHub links these by itself, in text that is no code.
            assert not re.search(r"@\w|://|www\.", each.content), each.content
for before, token in zip(tokens, tokens[1:]):
    if before.type == "heading_open":
        print(before.tag, words(token))
    elif before.type == "td_open":
        print("td", words(token))
