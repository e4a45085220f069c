"""Problems as the user reads them: where, what stands there, why it cannot stay, the way out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.python.text import one_line
from outpost_generator.reading.references import resolve

_LENGTH = 160


def message(problem: Problem, roots: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return the text of a problem; ``roots`` are the documents its pointer may lead into."""
    lines = [problem.pointer]
    found = next((text for root in roots if (text := excerpt(root, problem.pointer))), None)
    if found is not None:
        lines.append(f"| {found}")
    lines += [problem.reason, problem.way_out]
    return f"{problem.level}: " + "\n  ".join(one_line(line) for line in lines)


def excerpt(root: Mapping[str, Any], pointer: str) -> "str | None":
    """Return the beginning of what a pointer leads to, on one line; ``None`` if to nothing."""
    if not pointer.startswith("#/"):
        return None
    value = resolve(root, pointer)
    if value is None:
        return None
    encoder = json.JSONEncoder(ensure_ascii=True, default=str)
    text = ""
    for piece in encoder.iterencode(value):  # a part may be as large as the document
        text += piece[:_LENGTH]
        if len(text) > _LENGTH:
            return text[:_LENGTH] + " ..."
    return text
