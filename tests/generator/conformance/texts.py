"""Texts that fit a format or a pattern."""

from __future__ import annotations

import random
import re
from re import (
    _constants as sre,  # type: ignore[attr-defined]
    _parser,  # type: ignore[attr-defined]
)
from typing import Any

#: What real users put into names: not only letters.
ALPHABET = "abcXYZ019 -_.~/?#&=+%@:,;|é中"
_BY_FORMAT = {
    "date-time": "2024-01-02T03:04:05Z",
    "date": "2024-01-02",
    "time": "03:04:05Z",
    "duration": "PT3S",
    "uuid": "12345678-1234-4678-9234-567812345678",
    "uri": "https://example.com/a?b=c",
    "url": "https://example.com/a",
    "uri-reference": "/a?b=c",
    "email": "me@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "byte": "aGVsbG8=",
    "regex": "^a$",
    "json": "{}",
}
_MOST_REPEATS = 3


def text(schema: dict[str, Any], chance: random.Random) -> str:
    """Return a text of the format, pattern and length that a schema asks for."""
    least = schema.get("minLength", 0)
    most = schema.get("maxLength", max(least, 12))
    of_format = _BY_FORMAT.get(schema.get("format", ""))
    if of_format is not None and re.search(schema.get("pattern", ""), of_format):
        return of_format
    if "pattern" in schema:
        parsed = _parser.parse(schema["pattern"])
        found = "".join(_piece(item, chance) for item in parsed)
        return found if len(found) >= least else found + "a" * (least - len(found))
    length = chance.randint(max(least, 1), max(least, 1, min(most, least + 12)))
    return "".join(chance.choice(ALPHABET) for _ in range(min(length, max(most, 0))))


def _piece(item: tuple[Any, Any], chance: random.Random) -> str:
    kind, value = item
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is sre.ANY:
        return chance.choice("ab1")
    if kind is sre.IN:
        return chance.choice(_choices(value))
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        least, most, inner = value
        count = chance.randint(least, min(most, least + _MOST_REPEATS))
        return "".join(_piece(each, chance) for _ in range(count) for each in inner)
    if kind is sre.SUBPATTERN:
        return "".join(_piece(each, chance) for each in value[3])
    if kind is sre.BRANCH:
        return "".join(_piece(each, chance) for each in chance.choice(value[1]))
    return ""  # places between characters


def _choices(items: list[tuple[Any, Any]]) -> list[str]:
    """Return some characters of a set such as ``[a-z_]``."""
    refused = items[0][0] is sre.NEGATE
    chosen: list[str] = []
    for kind, value in items:
        if kind is sre.LITERAL:
            chosen.append(chr(value))
        elif kind is sre.RANGE:
            low, high = value
            chosen.extend({chr(low), chr((low + high) // 2), chr(high)})
        elif kind is sre.CATEGORY:
            chosen.append({sre.CATEGORY_DIGIT: "7", sre.CATEGORY_SPACE: " "}.get(value, "w"))
    if refused:
        pattern = re.compile("[abcXYZ019_.-]")
        return [each for each in "abcXYZ019_.-" if each not in chosen and pattern.match(each)]
    return sorted(chosen)
