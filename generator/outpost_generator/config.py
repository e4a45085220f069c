"""What a user of the generator may decide, read from ``<document>.generator.yaml``."""

import re
from pathlib import Path
from typing import Any

import yaml
from attrs import Factory, field, fields, frozen

from outpost_generator.document import Problem
from outpost_generator.errors import GenerationFailed
from outpost_generator.types import BYTES, STR, Plain, Type

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
    "file": Plain("File"),
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
        templates: folder of templates that replace ours by name.
        request_id_header: response header that identifies a request.
        formats: string format to one of the Python types str, bytes, datetime, date, time,
            timedelta, uuid, decimal, file.
        arguments: operationId to parameter name to the Python name of its argument.
        pagination: operationId to how it has pages: ``style`` (page, offset, cursor or link), the
            query ``parameter`` that asks for another page, the field ``items``, and where needed
            ``next`` (field with the next cursor), ``size`` (query parameter with the size of a
            page), ``first`` (number of the first page, 1). Goes before ``x-pagination``.
        idempotent: operationId to whether it may be sent twice; goes before ``x-idempotent``.
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
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise GenerationFailed(
            [Problem(shown, f"cannot be read: {problem}", "Correct the file.")]
        ) from None
    return config_from(content, shown)


def config_from(content: Any, shown: str) -> Config:
    """Return the settings of a parsed configuration file."""
    if not isinstance(content, dict):
        raise GenerationFailed(
            [Problem(shown, "holds no settings", "Write `setting: value` lines.")]
        )
    known = {each.name: each for each in fields(Config)}
    problems = [
        Problem(f"{shown}#/{name}", "no such setting", f"Settings are: {', '.join(sorted(known))}.")
        for name in content
        if name not in known
    ]
    formats = content.get("formats", {})
    for name, chosen in formats.items() if isinstance(formats, dict) else ():
        if chosen not in _FORMAT_TYPES:
            way_out = f"Choose one of {', '.join(_FORMAT_TYPES)}."
            problems.append(
                Problem(f"{shown}#/formats/{name}", f"{chosen!r} is no type for a format", way_out)
            )
    header = content.get("request_id_header", "X-Request-Id")
    if not isinstance(header, str) or not re.fullmatch(r"[A-Za-z0-9-]+", header):
        problems.append(
            Problem(
                f"{shown}#/request_id_header", "not a header name", "Use letters, digits and -."
            )
        )
    if content.get("field_names", "wire") not in ("wire", "snake"):
        problems.append(
            Problem(f"{shown}#/field_names", "no way to name fields", "Choose wire or snake.")
        )
    for name in ("formats", "arguments", "pagination", "idempotent"):
        if not isinstance(content.get(name, {}), dict):
            problems.append(
                Problem(f"{shown}#/{name}", "holds no settings", "Write `name: value`.")
            )
    if problems:
        raise GenerationFailed(problems)
    return Config(**content)
