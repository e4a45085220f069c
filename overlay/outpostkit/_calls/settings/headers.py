"""Headers, cookies and query parameters that a caller adds: those that can be sent as they are.

What is wrong is told by the name of the header, never by its value, which may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Iterable, List, Optional, Tuple

from outpostkit.exceptions import ConfigurationError

_NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_VALUE = re.compile(r"[\t\x20-\x7e]*")

#: Headers that may go into a request as options, but whose values nobody else may see.
TELLING = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})


def checked_headers(headers: object, source: str = "headers") -> List[Tuple[str, str]]:
    """Return headers as pairs of name and value.

    Args:
        headers: a mapping, such as ``httpx.Headers``, or pairs.
        source: the argument, for the error.

    Raises:
        ConfigurationError: one of them cannot be sent.
    """
    pairs = _pairs(headers)
    problem = "must be a mapping of names and values" if pairs is None else _problem(pairs)
    if problem is None:
        return [(str(name), str(value)) for name, value in pairs or ()]
    del headers, pairs  # monitors collect the locals of whoever raises
    raise ConfigurationError(f"{source}: {problem}")


def secrets_among(headers: Iterable[Tuple[str, str]]) -> Tuple[str, ...]:
    """Return the values that are secrets, without the word before them ("Bearer")."""
    return tuple(
        value.rpartition(" ")[2] for name, value in headers if name.lower() in TELLING and value
    )


def check_cookies(cookies: object) -> None:
    """Make sure that cookies can be sent.

    Raises:
        ConfigurationError: they are no cookies, or one of them has a value that no header can have.
    """
    if cookies is None or type(cookies).__name__ in ("Cookies", "CookieJar"):
        return
    pairs = _pairs(cookies)
    problem = "must be a mapping of names and values, or httpx.Cookies"
    if pairs is not None:
        problem = _problem(pairs) or ""
    if problem:
        del cookies, pairs
        raise ConfigurationError(f"cookies: {problem}")


def check_query(query: object, source: str) -> None:
    """Make sure that a query can be written.

    Raises:
        ConfigurationError: it is neither text, nor a mapping, nor pairs; or a value is none.
    """
    if query is None or isinstance(query, (str, bytes)):
        return
    problem = _problem_of_query(query)
    if problem is not None:
        del query
        raise ConfigurationError(f"{source}: {problem}")


def _pairs(given: object) -> Optional[List[Tuple[object, object]]]:
    """Return pairs of names and values, or None when that is what they are not."""
    multi_items = getattr(given, "multi_items", None)
    if multi_items is not None:  # of httpx, whose items() joins those of one name
        given = multi_items()
    elif isinstance(given, Mapping):
        given = given.items()
    if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
        return None
    pairs = list(given)
    if not all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs):
        return None
    return [(name, value) for name, value in pairs]


def _problem(pairs: List[Tuple[object, object]]) -> Optional[str]:
    for name, value in pairs:
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            shown = repr(name) if isinstance(name, str) else f"of class {type(name).__name__}"
            return f"the name {shown[:80]} cannot be sent: a name is letters, digits and hyphens"
        if not isinstance(value, str):
            return f"the value of {name!r} must be text, not {type(value).__name__}"
        if not value.isascii():
            return (
                f"the value of {name!r} has characters that no header can carry; encode those "
                "that are not ASCII, such as with urllib.parse.quote()"
            )
        if _VALUE.fullmatch(value) is None:
            return f"the value of {name!r} must be text without line breaks or control characters"
    return None


def _problem_of_query(query: object) -> Optional[str]:
    pairs = _pairs(query)
    if pairs is None:
        return "must be a mapping of names and values, or pairs of them"
    for name, value in pairs:
        if not isinstance(name, str):
            return f"a name must be text, not {type(name).__name__}"
        many = isinstance(value, Sequence) and not isinstance(value, (str, bytes))
        for each in value if isinstance(value, Sequence) and many else [value]:
            if each is not None and not isinstance(each, (str, int, float)):
                return f"the value of {name!r} must be text or a number, not {type(each).__name__}"
    return None
