"""Python as it is laid out: what Jinja prints, in the lines that a formatter would choose."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

LINE_LENGTH = 100


def literal(value: Any) -> str:
    """Return a string, a number, True, False or None as Python source."""
    if isinstance(value, str):
        # In double quotes. JSON's escapes mean the same in Python, but for pairs of surrogates.
        return '"' + "".join(_escaped(character) for character in value) + '"'
    return repr(value)


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    if ord(character) > 0xFFFF:
        return f"\\U{ord(character):08x}"
    return json.dumps(character)[1:-1]


def call(head: str, arguments: Sequence[str], indent: int = 8) -> str:
    """Return ``head(arguments)`` in one line, or in three or more; the first is not indented."""
    listed = ", ".join(arguments)
    if indent + len(head) + len(listed) + 2 <= LINE_LENGTH:
        return f"{head}({listed})"
    margin, deeper = " " * indent, " " * (indent + 4)
    if len(deeper) + len(listed) <= LINE_LENGTH:
        return f"{head}(\n{deeper}{listed}\n{margin})"
    return f"{head}(\n" + "".join(f"{deeper}{one},\n" for one in arguments) + f"{margin})"


def shown(name: str, length: int = 55) -> str:
    """Return a name so that it can stand in a docstring: its end, if it is long."""
    kept = "".join(c if c.isprintable() and c not in '"\\' else "?" for c in name)
    return kept if len(kept) <= length else f"…{kept[1 - length :]}"
