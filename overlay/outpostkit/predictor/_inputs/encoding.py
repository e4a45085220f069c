"""JSON of whatever users have: in one go where msgspec knows all of it, else value by value."""

from __future__ import annotations

import marshal
import math
import sys
from decimal import Decimal
from typing import Any, List, Optional

#: Of these, nothing but NaN and infinity could be written as something else.
_LEAVES = frozenset({str, int, float, bool, type(None), bytes})
_CONTAINERS = frozenset({list, tuple, set, frozenset})
_TEXT = frozenset({str})


class _Unknown(Exception):
    """msgspec has met a value that it does not know."""


def json_bytes(value: object, name: str = "json") -> bytes:
    """Return a value as JSON.

    Args:
        value: what :mod:`outpostkit.predictor._inputs.writing` can write, at any depth.
        name: the argument that it is, for errors.

    Raises:
        ConfigurationError: something in it has no form in JSON, such as NaN or an object of an
            unknown class; the error names its place.
    """
    encoded = _natively(value)
    if encoded is not None:
        return encoded
    from outpostkit.predictor._inputs.writing import Writer

    return Writer(name).written(value)


class HoldsFiles(Exception):
    """A value holds files, and reading them could block."""


def json_at_once(value: object) -> bytes:
    """Return a value as JSON, as :func:`json_bytes`, if that cannot block an event loop.

    Raises:
        HoldsFiles: it may; nothing has been read yet.
        ConfigurationError: something in it has no form in JSON.
    """
    encoded = _natively(value)
    if encoded is not None:
        return encoded
    from outpostkit.predictor._inputs.files import holds_files

    if holds_files(value):
        raise HoldsFiles
    return json_bytes(value)


def comparable_bytes(value: object) -> Optional[bytes]:
    """Return a value as JSON if that is the same each time it is asked for, else None.

    Nothing is taken from open files and iterators, which would be missing from the request then.
    """
    from outpostkit.exceptions import ConfigurationError

    encoded = _natively(value)
    if encoded is not None:
        return encoded
    from outpostkit.predictor._inputs.writing import Writer

    try:
        return Writer("input", takes=False).written(value)
    except ConfigurationError:
        return None


def _natively(value: object) -> Optional[bytes]:
    """Return what msgspec writes by itself, or None where that is not all, or not the same."""
    import msgspec

    try:
        encoded = msgspec.json.encode(value, enc_hook=_refuse)
    except Exception:  # whatever it is, the writer meets it too, and names its place
        return None
    # NaN and infinity are written as null, which a model would take for something else, and the
    # dataclasses of pydantic without their aliases.
    # A Decimal that is NaN is written as text, and objects without some of their fields.
    if (
        b"null" in encoded
        or b'NaN"' in encoded
        or b'Infinity"' in encoded
        or "pydantic.dataclasses" in sys.modules
        or _may_be_misread(value, encoded)
    ) and _is_misread(value):
        return None
    return encoded


def _may_be_misread(value: Any, encoded: bytes) -> bool:
    """Tell whether a value holds objects, or is a dictionary with other keys than text.

    It looks no further than there are objects in the JSON, so not through long lists of numbers.
    """
    if type(value) is dict and not _TEXT.issuperset(map(type, value)):
        return True
    if encoded.find(b"{", 1 if type(value) is dict else 0) < 0:
        return False
    try:
        marshal.dumps(value)  # the quickest there is that knows exactly the classes of Python
    except ValueError:
        return True
    return False


def _refuse(value: object) -> object:
    raise _Unknown


def _is_misread(value: object) -> bool:
    """Tell whether msgspec, which knows all of a value, writes something in it as another."""
    waiting: List[Any] = [[value]]
    while waiting:
        items = waiting.pop()
        kinds = set(map(type, items))
        if float in kinds and not all(math.isfinite(each) for each in items if type(each) is float):
            return True
        if kinds <= _LEAVES:
            continue
        for each in items:
            kind = type(each)
            if kind in _LEAVES:
                continue
            if isinstance(each, dict) and not _TEXT.issuperset(map(type, each)):
                return True  # two keys may have one text
            if kind is dict:
                waiting.append(each.values())
            elif kind in _CONTAINERS:
                waiting.append(each)
            elif isinstance(each, dict):
                waiting.append(list(each.values()))
            elif isinstance(each, (list, tuple)):
                waiting.append(list(each))
            elif hasattr(kind, "__pydantic_serializer__") or _leaves_out(kind):
                return True
            elif isinstance(each, Decimal):
                if not each.is_finite():
                    return True
            else:
                names = _fields(kind)
                waiting.append([getattr(each, name, None) for name in names])
    return False


def _leaves_out(kind: Any) -> bool:
    """Tell whether msgspec does not write all fields that a class declares."""
    if any(field.name.startswith("_") for field in getattr(kind, "__attrs_attrs__", ())):
        return True
    fields = getattr(kind, "__dataclass_fields__", {})
    return any(not field.init for field in fields.values())


def _fields(kind: Any) -> List[str]:
    """Return the fields of a class that msgspec writes as an object."""
    for marker in ("__struct_fields__", "__dataclass_fields__"):
        if hasattr(kind, marker):
            return list(getattr(kind, marker))
    return [field.name for field in getattr(kind, "__attrs_attrs__", ())]
