"""Text of a document, which no way of making a string of it turns into code."""

from typing import Any


class Unfiltered(TypeError):
    """Something that is no code was to be printed as it is; ``args`` holds it."""


class Text:
    """Text of the document: only :func:`plain`, and the filters, make a string of it.

    It compares like the text it holds and has its methods, whose results are ``Text`` again.
    ``str`` refuses it, and so does every way of templates to print it.
    """

    __slots__ = ("_plain",)

    def __init__(self, given: str) -> None:
        self._plain = given

    def __str__(self) -> str:
        raise Unfiltered(self)

    def __repr__(self) -> str:
        return f"Text({self._plain!r})"

    def __eq__(self, other: object) -> bool:
        return self._plain == (other._plain if isinstance(other, Text) else other)

    def __hash__(self) -> int:
        return hash(self._plain)

    def __lt__(self, other: "Text | str") -> bool:
        return self._plain < plain(other)

    def __len__(self) -> int:
        return len(self._plain)

    def __contains__(self, part: "Text | str") -> bool:
        return plain(part) in self._plain

    def __getitem__(self, index: "int | slice") -> "Text":
        return Text(self._plain[index])

    def __add__(self, other: "Text | str") -> "Text":
        return Text(self._plain + plain(other))

    def __radd__(self, other: str) -> "Text":
        return Text(other + self._plain)

    def __getattr__(self, name: str) -> Any:
        if name in ("format", "format_map"):
            # A format reads attributes, such as {0.__class__}, which templates are kept from.
            raise AttributeError("text of the document is no format: put texts together with +")
        method = getattr(self._plain, name)
        return lambda *given: value(method(*map(plain, given)))


def plain(text: "Text | str") -> str:
    """Return text of the document as the string it is, for what is not printed."""
    return text._plain if isinstance(text, Text) else text


def texts(given: tuple[str, ...]) -> tuple[Text, ...]:
    """Mark each text."""
    return tuple(map(Text, given))


def value(given: Any) -> Any:
    """Mark every text in a value."""
    if isinstance(given, str):
        return Text(given)
    if isinstance(given, list | tuple):
        return type(given)(map(value, given))
    return {key: value(each) for key, each in given.items()} if isinstance(given, dict) else given
