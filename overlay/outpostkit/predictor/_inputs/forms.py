"""What a value of Python is in JSON, one step at a time: a member of an enum is its value."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import os
import uuid
from collections.abc import AsyncIterable, Awaitable, Iterable, Iterator, Mapping
from typing import Any, Dict, List

import msgspec

from outpostkit.predictor._inputs.files import is_image, png
from outpostkit.predictor._inputs.libraries import form_of_library, moment_text
from outpostkit.predictor._inputs.no_form import NoForm

#: What has an attribute of this name has one of any, as a mock, so its names say nothing.
_NO_NAME = "outpostkit_asks_for_any_name"


def simpler(value: Any, takes: bool) -> Any:
    """Return a value in a form that is closer to JSON; it may need more such steps.

    Args:
        value: anything but text, numbers, lists and dictionaries.
        takes: whether something may be taken from open files and iterators.

    Raises:
        NoForm: there is none.
    """
    if isinstance(value, type):
        raise NoForm(f"is the class {value.__name__} itself", "send an instance, or its name")
    if isinstance(value, enum.Enum):
        return value.value
    if is_image(value):
        return png(value)
    if not isinstance(value, Mapping) and hasattr(value, _NO_NAME):
        raise _unknown(value)
    for form in (form_of_library, _of_subclass, _of_object, _of_holder):
        found = form(value)
        if found is not value:
            return found
    return _of_what_is_read(value, takes)


def _of_subclass(value: Any) -> Any:
    """Return a value of a subclass of what JSON has a form for as one of the class itself."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__index__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (datetime.datetime, datetime.time)):
        return moment_text(value.isoformat())
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return datetime.timedelta(value.days, value.seconds, value.microseconds)
    if isinstance(value, collections.UserString):
        return value.data
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            raise NoForm(
                "is NaN" if value.is_nan() else "is infinity",
                "JSON does not have it: send None, or text, instead",
            )
        return str(value)
    if isinstance(value, uuid.UUID) or _is_address(value):
        return str(value)
    if isinstance(value, complex):
        raise NoForm("is a complex number", "send its real and its imaginary part")
    return value


def _of_object(value: Any) -> Any:
    """Return an object whose class says what its fields are, without those that are unset."""
    kind = type(value)
    fields: Dict[str, Any]
    if isinstance(value, msgspec.Struct):
        names = zip(kind.__struct_encode_fields__, kind.__struct_fields__)
        fields = {name: getattr(value, field) for name, field in names}
        config = kind.__struct_config__
        if config.array_like:
            return [*([] if config.tag is None else [config.tag]), *fields.values()]
        if config.tag is not None:
            fields = {config.tag_field: config.tag, **fields}
    elif hasattr(kind, "__attrs_attrs__"):  # as attrs.asdict, which has no aliases
        fields = {each.name: getattr(value, each.name) for each in kind.__attrs_attrs__}
    elif dataclasses.is_dataclass(kind):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(kind)}
    else:
        return value
    return {name: item for name, item in fields.items() if item is not msgspec.UNSET}


def _of_holder(value: Any) -> Any:
    """Return a mapping, or a row of a database, as a dictionary."""
    if isinstance(value, Mapping):
        return {key: value[key] for key in value}
    if callable(getattr(value, "keys", None)) and hasattr(value, "__getitem__"):
        return {key: value[key] for key in value.keys()}  # noqa: SIM118  # it may iterate over values
    return value


def _of_what_is_read(value: Any, takes: bool) -> Any:
    if isinstance(value, os.PathLike):
        return _content(value)
    is_file = callable(getattr(value, "read", None))
    if not takes and (is_file or isinstance(value, Iterator)):
        raise NoForm("can be read only once", "send what it holds")
    if is_file:
        return _rest(value)
    if isinstance(value, (AsyncIterable, Awaitable)):
        raise NoForm(
            f"is {_named(value)}, which has to be awaited",
            "await it before, and send what it gives",
        )
    if isinstance(value, Iterable):
        items: List[Any] = list(value)
        return items
    raise _unknown(value)


def _unknown(value: object) -> NoForm:
    return NoForm(
        f"is of class {_named(value)}, which has no form in JSON",
        "send what it holds as text, numbers, lists and dictionaries",
    )


def _rest(file: Any) -> Any:
    """Return what is left of an open file."""
    try:
        return file.read()
    except (OSError, ValueError) as problem:  # closed, open for writing, or no such text
        raise NoForm(
            f"is a file that cannot be read: {problem}", "send one that is open for reading, 'rb'"
        ) from None


def _content(path: Any) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise NoForm(
            f"is the path {os.fspath(path)}, which cannot be read: {reason}",
            "a path stands for what its file holds; send str(path) for the path itself",
        ) from None


def _is_address(value: object) -> bool:
    return type(value).__module__ == "ipaddress"


def _named(value: object) -> str:
    kind = type(value)
    home = kind.__module__
    return kind.__qualname__ if home in ("builtins", "__main__") else f"{home}.{kind.__qualname__}"
