"""Text of a document as Python source: literals, docstrings, comments; never code."""

import math
import re
import textwrap
import unicodedata

from outpost_generator.python.document_text import Text, plain

_WIDTH = 96
#: All but what is surely plain to see: most text has none of these.
_SUSPECT = re.compile(r"[^\n\t\r\x20-\x7e]")


def literal(value: object) -> str:
    """Return a JSON value as a Python literal in ASCII-safe double quotes where it is text."""
    if isinstance(value, str | Text):
        return _quoted(plain(value))
    if isinstance(value, list | tuple):
        items = [literal(item) for item in value]
        if isinstance(value, tuple):
            return f"({', '.join(items)}{',' if len(items) == 1 else ''})"
        return f"[{', '.join(items)}]"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{literal(str(key))}: {literal(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _quoted(value: str) -> str:
    escaped = _visible(value.replace("\\", "\\\\"))
    return (
        '"'
        + escaped.replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
        + '"'
    )


def _visible(value: str) -> str:
    """Spell out what a reader would not see or misread: control and bidi characters."""
    return _SUSPECT.sub(_escaped, value)


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if not _is_invisible(character):
        return character
    code = ord(character)
    return (
        f"\\x{code:02x}"
        if code < 0x100
        else f"\\u{code:04x}"
        if code < 0x10000
        else f"\\U{code:08x}"
    )


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def comment(value: "Text | str", mark: str = "#") -> str:
    """Return text as a comment of one line, with its mark."""
    return f"{mark} {one_line(plain(value))}".rstrip()


def one_line(value: str) -> str:
    """Return text that can stand on one line, where it is seen as it is."""
    return _visible(" ".join(value.split()))


def paragraph(value: object) -> str:
    """Return a description on one line."""
    return " ".join(str(value).split())


def wrap(value: str, indent: str = "", first: "str | None" = None) -> list[str]:
    """Return text broken into lines; ``first`` is put before the first line."""
    lines = textwrap.wrap(
        value,
        width=_WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or ([first.rstrip()] if first else [])


def blocks(value: str) -> list[str]:
    """Return the lines of a description, its paragraphs, lists and code kept apart."""
    lines: list[str] = []
    for block in value.strip().split("\n\n"):
        rows = [row.rstrip() for row in block.splitlines() if row.strip()]
        if not rows:
            continue
        if lines:
            lines.append("")
        is_prose = not any(
            row.lstrip().startswith(("-", "*", "|", "#", "```", "1.", ">"))
            or row.startswith("    ")
            for row in rows
        )
        if is_prose:
            lines.extend(wrap(" ".join(row.strip() for row in rows)))
        else:
            lines.extend(rows)
    return lines


def docstring(value: "Text | str") -> str:
    """Return text as the source of a docstring, with its quotes."""
    body = docstring_text(value)
    return f'"""{body}\n"""' if "\n" in body else f'"""{body}"""'


def docstring_text(value: "Text | str") -> str:
    """Return text as it stands inside of a docstring."""
    body = plain(value).strip().replace("\\", "\\\\")
    if '"""' in body or body.endswith('"'):
        body = body.replace('"', '\\"')
    return _visible(body)
