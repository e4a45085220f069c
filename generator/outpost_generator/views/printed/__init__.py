"""What templates may print: values, which a filter turns into source, and code.

A field that holds text of the document says so: it is printed through ``literal``, ``docstring``,
``docstring_text`` or ``comment``, as are tuples and mappings through ``literal``. All other fields
are code, such as names and annotations, or a plain yes or no; they are printed as they are.
"""

from typing import Any

#: Grows when a view loses a field, or a field or a template gets another meaning. Templates of
#: users may declare the version they are written for, and the manifest names the one in use.
VIEW_VERSION = 2
#: Version of the views -> what is different since the one before, for those who wrote templates.
CHANGES = {
    2: "text is a value, printed through a filter (`{{ operation.id | literal }}`, "
    "`{{ class.docstring | docstring }}`), `idempotent` is None where "
    "the method says it, and some fields have gone",
}


class Text(str):
    """Text of the document, which is printed through a filter."""

    __slots__ = ()


def text(given: str) -> str:
    """Mark text as text of the document."""
    return Text(given)


def texts(given: tuple[str, ...]) -> tuple[str, ...]:
    """Mark each text."""
    return tuple(map(Text, given))


def value(given: Any) -> Any:
    """Mark every text in a value."""
    if isinstance(given, str):
        return Text(given)
    if isinstance(given, tuple):
        return tuple(map(value, given))
    return {key: value(each) for key, each in given.items()} if isinstance(given, dict) else given
