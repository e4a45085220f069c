# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/values/encoding.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""How parameter values are written into paths, queries, headers and cookies."""

from __future__ import annotations

import datetime
import enum
from typing import Iterable, List, Mapping, Sequence, Tuple
from urllib.parse import quote

from outpost_api.errors import InvalidArgument

Pairs = List[Tuple[str, str]]

_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
_TRAVERSAL = frozenset(("", ".", ".."))


def scalar_text(value: object) -> str:
    """Return one value as the text that goes on the wire: a scalar as it is, all else as JSON."""
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, str):
        return value
    if value is True:
        return "true"
    if value is False:
        return "false"
    if value is None:
        return "null"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        written = value.isoformat()
        return written[:-6] + "Z" if written.endswith("+00:00") else written
    if isinstance(value, (int, float)):
        return str(value)
    from outpost_api.codec import encode_json, to_builtins

    # A UUID, a duration, bytes: as in JSON. Objects have no other text that servers could read.
    plain = to_builtins(value)
    return plain if isinstance(plain, str) else encode_json(plain).decode("utf-8")


def path_segment(name: str, value: object) -> str:
    """Return a value as one percent-encoded path segment.

    Raises:
        InvalidArgument: the value is empty, ``.`` or ``..``, which would address another resource.
    """
    written = value if type(value) is str else scalar_text(value)
    if written in _TRAVERSAL:
        raise InvalidArgument(name, f"{written!r} cannot be one segment of a path")
    return _quote(name, written, "")


def path_segments(name: str, value: object, *, may_be_empty: bool = False) -> str:
    """Return a value as percent-encoded path segments; its slashes stay slashes.

    Raises:
        InvalidArgument: one of its segments is empty, ``.`` or ``..``; or the whole is empty and
            ``may_be_empty`` is false.
    """
    written = scalar_text(value)
    if may_be_empty and not written:
        return ""
    for segment in written.split("/"):
        if segment in _TRAVERSAL:
            raise InvalidArgument(
                name, f"{written!r} has the segment {segment!r}, which no path can hold"
            )
    return _quote(name, written, "/")


def path_value(name: str, value: object, style: str, explode: bool) -> str:
    """Return a path parameter of any style (simple, label, matrix), scalar, list or object."""
    from outpost_api.codec import to_builtins

    key = quote(name, safe="")
    if not isinstance(value, (str, int, float)):
        value = to_builtins(value)
    if isinstance(value, Mapping):
        pairs = [(_part(name, each), _part(name, item)) for each, item in value.items()]
        joined = (
            [f"{each}={item}" for each, item in pairs]
            if explode
            else [part for pair in pairs for part in pair]
        )
        separator = {"label": ".", "matrix": ";"}.get(style, ",") if explode else ","
        inner = separator.join(joined)
        written = {
            "label": f".{inner}",
            "matrix": f";{inner}" if explode else f";{key}={inner}",
        }.get(style, inner)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        parts = [_part(name, item) for item in value]
        if style == "label":
            written = "." + ("." if explode else ",").join(parts)
        elif style == "matrix":
            written = (
                "".join(f";{key}={part}" for part in parts)
                if explode
                else f";{key}={','.join(parts)}"
            )
        else:
            written = ",".join(parts)
    else:
        part = path_segment(name, value)
        written = {"label": f".{part}", "matrix": f";{key}={part}"}.get(style, part)
    if written in _TRAVERSAL:
        raise InvalidArgument(name, "an empty value cannot be one segment of a path")
    return written


def query_list(
    pairs: Pairs, name: str, values: Iterable[object], style: str, explode: bool
) -> None:
    """Append a list: repeated when it explodes, else joined by the delimiter of its style."""
    if explode:
        pairs.extend((name, scalar_text(value)) for value in values)
    else:
        pairs.append(
            (name, _DELIMITERS.get(style, ",").join(scalar_text(value) for value in values))
        )


def query_object(pairs: Pairs, name: str, value: object, style: str, explode: bool) -> None:
    """Append an object: ``deepObject`` as ``name[key]=value``, ``form`` as keys or one joined value."""
    from outpost_api.codec import to_builtins

    fields = to_builtins(value)
    if not isinstance(fields, Mapping):
        raise InvalidArgument(name, "must be an object")
    if style == "deepObject":
        deep_object(pairs, name, fields)
    elif explode:
        for key, item in fields.items():
            if isinstance(item, list):
                pairs.extend((key, scalar_text(each)) for each in item)
            else:
                pairs.append((key, scalar_text(item)))
    else:
        parts = [scalar_text(part) for pair in fields.items() for part in pair]
        pairs.append((name, _DELIMITERS.get(style, ",").join(parts)))


def query_value(pairs: Pairs, name: str, value: object, style: str, explode: bool) -> None:
    """Append a value of any shape, decided when it is sent."""
    if isinstance(value, (str, int, float)) or value is None:
        pairs.append((name, scalar_text(value)))
    elif isinstance(value, (list, tuple, set, frozenset)):
        query_list(pairs, name, value, style, explode)
    elif isinstance(value, Mapping) or hasattr(value, "to_dict"):
        query_object(pairs, name, value, style, explode)
    else:
        pairs.append((name, scalar_text(value)))


def query_string(pairs: Pairs, name: str, value: object) -> None:
    """Append a whole query given as an object or as (name, value) pairs."""
    from outpost_api.codec import to_builtins

    fields = to_builtins(value)
    for key, item in fields.items() if isinstance(fields, Mapping) else fields:
        query_value(pairs, key, item, "form", True)


def json_text(value: object) -> str:
    """Return a value as the JSON text of a parameter that is described by ``content``."""
    from outpost_api.codec import encode_json

    return encode_json(value).decode("utf-8")


def query_json(pairs: Pairs, name: str, value: object) -> None:
    """Append a value written as JSON (a parameter described by ``content``)."""
    pairs.append((name, json_text(value)))


def header_value(name: str, value: object, explode: bool = False) -> str:
    """Return a header value (style ``simple``).

    Raises:
        InvalidArgument: the text has line breaks or characters that no header can hold.
    """
    from outpost_api.codec import to_builtins

    if not isinstance(value, (str, int, float)):
        value = to_builtins(value)
    if isinstance(value, Mapping):
        pairs = [(scalar_text(key), scalar_text(item)) for key, item in value.items()]
        written = ",".join(f"{key}={item}" if explode else f"{key},{item}" for key, item in pairs)
    elif isinstance(value, (list, tuple)):
        written = ",".join(scalar_text(item) for item in value)
    else:
        written = scalar_text(value)
    if not written.isascii() or not written.isprintable():
        raise InvalidArgument(name, "a header holds printable ASCII characters only")
    return written


def cookie_value(name: str, value: object, explode: bool = False) -> str:
    """Return a cookie value, percent-encoded where a cookie could not hold it.

    The parts of a list or an object are joined by commas; those inside them are encoded.
    """
    from outpost_api.codec import to_builtins

    if not isinstance(value, (str, int, float)):
        value = to_builtins(value)
    parts: Sequence[object] = [value]
    if isinstance(value, Mapping):
        parts = [part for pair in value.items() for part in pair]
    elif isinstance(value, (list, tuple)):
        parts = value
    return ",".join(
        _quote(name, scalar_text(part), "!#$&'()*+-./:<=>?@[]^_`{|}~") for part in parts
    )


def server_part(name: str, value: str) -> str:
    """Return a server variable as it goes into an address.

    Raises:
        InvalidArgument: the value is empty or would change which part of the address it stands in.
    """
    if not value or not set(value).isdisjoint("@?#\\ \r\n\t"):
        raise InvalidArgument(name, f"{value!r} cannot be part of a server's address")
    return value


def _quote(name: str, written: str, safe: str) -> str:
    try:
        return quote(written, safe)
    except UnicodeEncodeError:
        raise InvalidArgument(
            name, "holds characters that no address can carry (lone surrogates)"
        ) from None


def _part(name: str, value: object) -> str:
    return _quote(name, scalar_text(value), "")


def deep_object(pairs: Pairs, prefix: str, fields: Mapping[str, object]) -> None:
    """Append an object as ``prefix[key]=value``, whatever it holds; lists repeat their name."""
    for key, item in fields.items():
        where = f"{prefix}[{key}]"
        if isinstance(item, Mapping):
            deep_object(pairs, where, item)
        elif isinstance(item, list):
            pairs.extend((where, scalar_text(each)) for each in item)
        else:
            pairs.append((where, scalar_text(item)))
