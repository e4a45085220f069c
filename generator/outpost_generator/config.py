"""What a user of the generator may decide, read from ``<document>.generator.yaml``."""

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import Factory, field, fields, frozen

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.python.types import BYTES, FILE, STR, Plain, Type
from outpost_generator.reading.load import parse

#: Python types that ``formats`` may choose.
_FORMAT_TYPES: dict[str, Type] = {
    "str": STR,
    "bytes": BYTES,
    "datetime": Plain("datetime.datetime", ("import datetime",)),
    "date": Plain("datetime.date", ("import datetime",)),
    "time": Plain("datetime.time", ("import datetime",)),
    "timedelta": Plain("datetime.timedelta", ("import datetime",)),
    "uuid": Plain("uuid.UUID", ("import uuid",)),
    "decimal": Plain("decimal.Decimal", ("import decimal",)),
    "file": FILE,
}
_DEFAULT_FORMATS = {"date-time": "datetime", "date": "date", "uuid": "uuid", "binary": "file"}


@frozen
class Config:
    """Settings of one run.

    Attributes:
        output: folder that holds the package; relative to the working folder.
        package: import name of the package.
        title: name of the product in docstrings; the document's title when not given.
        command: what headers tell the reader to run.
        templates_path: where headers say the templates are.
        templates: folder of templates that replace ours by name; relative to the working folder.
        request_id_header: response header that identifies a request.
        formats: string format to one of the Python types str, bytes, datetime, date, time,
            timedelta, uuid, decimal, file.
        arguments: operationId to parameter name to the Python name of its argument.
        pagination: operationId to how it has pages: ``style`` (page, offset, cursor, last or
            link), the query ``parameter`` that asks for another page, the field ``items``, and
            where needed ``next`` (field with the next cursor), ``size`` (query parameter with the
            size of a page), ``first`` (number of the first page, 1), ``once`` (query parameter for
            the first page only). Goes before ``x-pagination``.
        idempotent: operationId to whether it may be sent twice; goes before ``x-idempotent``, which
            goes before what the method says.
        overrides: JSON pointer into the document, such as ``#/paths/~1a/get``, to a merge patch
            (RFC 7396) of what is there: objects merge, ``null`` removes, all else replaces.
        field_names: ``wire`` for attributes named as on the wire, or ``snake``; with the latter
            models are read by Python code instead of msgspec wherever the two differ.
        frozen: whether models cannot be changed.
    """

    output: "str | None" = None
    package: "str | None" = None
    title: "str | None" = None
    command: "str | None" = None
    templates_path: str = "outpost_generator/templates"
    templates: "str | None" = None
    request_id_header: str = "X-Request-Id"
    formats: dict[str, str] = field(default=Factory(dict))
    arguments: dict[str, dict[str, str]] = field(default=Factory(dict))
    pagination: dict[str, dict[str, Any]] = field(default=Factory(dict))
    idempotent: dict[str, bool] = field(default=Factory(dict))
    overrides: dict[str, Any] = field(default=Factory(dict))
    field_names: str = "wire"
    frozen: bool = False

    def format_type(self, name: "str | None") -> Type:
        """Return the Python type of a string format; text when nothing better is known."""
        chosen = {**_DEFAULT_FORMATS, **self.formats}.get(name or "", "str")
        return _FORMAT_TYPES[chosen]


def read_config(path: Path, shown: str) -> Config:
    """Read a configuration file.

    Raises:
        GenerationFailed: it cannot be read, or holds a setting that does not exist.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise GenerationFailed(
            [Problem(shown, f"cannot be read: {problem.strerror}", "Correct the path.")]
        ) from None
    return config_from(parse(content, shown, is_json=False) or {}, shown)


def config_from(content: Any, shown: str) -> Config:
    """Return the settings of a parsed configuration file."""
    if not isinstance(content, dict):
        raise GenerationFailed(
            [Problem(shown, "holds no settings", "Write `setting: value` lines.")]
        )
    problems = [*_unknown(content, shown), *_misfits(content, shown)]
    if not problems:
        problems = _values(content, shown)
    if problems:
        raise GenerationFailed(problems)
    return Config(**content)


def _unknown(content: dict[Any, Any], shown: str) -> list[Problem]:
    """Return a problem for each setting that does not exist."""
    known = sorted(each.name for each in fields(Config))
    return [
        Problem(f"{shown}#/{name}", "no such setting", f"Settings are: {', '.join(known)}.")
        for name in content
        if name not in known
    ]


def _misfits(content: dict[Any, Any], shown: str) -> list[Problem]:
    """Return a problem for each setting whose value is of another type."""
    problems = []
    for each in fields(Config):
        if each.name not in content:
            continue
        value, where = content[each.name], f"{shown}#/{each.name}"
        if each.name in _MAPPINGS:
            inner, way_out = _MAPPINGS[each.name]
            if not isinstance(value, dict):
                problems.append(Problem(where, "holds no settings", "Write `name: value`."))
                continue
            problems += [
                Problem(f"{where}/{name}", f"{entry!r} does not fit", way_out)
                for name, entry in value.items()
                if not isinstance(entry, inner)
            ]
        elif each.name == "frozen":
            if not isinstance(value, bool):
                problems.append(Problem(where, f"{value!r} does not fit", "Write true or false."))
        elif not isinstance(value, str):
            problems.append(Problem(where, f"{value!r} does not fit", "Write text."))
    return problems


#: Settings that hold settings: what each of those may be, and what to write.
_MAPPINGS: dict[str, tuple[type, str]] = {
    "formats": (str, f"Choose one of {', '.join(_FORMAT_TYPES)}."),
    "arguments": (dict, "Write `operationId: {parameter: argument}`."),
    "pagination": (dict, "Write `operationId: {style: page, parameter: page, items: items}`."),
    "idempotent": (bool, "Write true or false."),
    "overrides": (object, ""),
}


def _values(content: dict[str, Any], shown: str) -> list[Problem]:
    """Return a problem for each setting that is not one of its choices."""
    problems = []
    for name, chosen in content.get("formats", {}).items():
        if chosen not in _FORMAT_TYPES:
            way_out = _MAPPINGS["formats"][1]
            problems.append(
                Problem(f"{shown}#/formats/{name}", f"{chosen!r} is no type for a format", way_out)
            )
    if not re.fullmatch(r"[A-Za-z0-9-]+", content.get("request_id_header", "X-Request-Id")):
        where = f"{shown}#/request_id_header"
        problems.append(Problem(where, "not a header name", "Use letters, digits and -."))
    if content.get("field_names", "wire") not in ("wire", "snake"):
        way_out = "Choose wire or snake."
        problems.append(Problem(f"{shown}#/field_names", "no way to name fields", way_out))
    for where in content.get("overrides", {}):
        if not isinstance(where, str) or not (where == "#" or where.startswith("#/")):
            way_out = "Write one such as '#/paths/~1a/get': ~1 stands for a slash, ~0 for a tilde."
            problems.append(Problem(f"{shown}#/overrides", f"{where!r} is no pointer", way_out))
    return problems


def unused_settings(config: Config, identifiers: Sequence[str]) -> list[Problem]:
    """Return a problem for each setting of an operation that the document does not have."""
    problems = []
    for setting in ("arguments", "pagination", "idempotent"):
        for identifier in getattr(config, setting):
            if identifier not in identifiers:
                close = difflib.get_close_matches(identifier, identifiers, n=3)
                way_out = f"Did you mean {', '.join(close)}?" if close else "Remove it."
                reason = f"the document has no operation {identifier}"
                problems.append(Problem(f"settings#/{setting}/{identifier}", reason, way_out))
    return problems
