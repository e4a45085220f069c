"""What a form of the dashboard asks for, and reading what it sends: bounded, files on the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from outpost_server.rules.problem import Problem, invalid

# Both the template of a new endpoint and the file of a prediction that is tried out.
MAX_FORM_BYTES = 100 * 1024 * 1024
MAX_FIELD_BYTES = 1024 * 1024
# What a JSON type is in a form: the kind of its control, and what people call a value.
KINDS = {"boolean": "checkbox", "integer": "number", "number": "number", "string": "text"}
WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "a text"}
BOUNDS = {"minimum": "min", "maximum": "max", "minLength": "minlength", "maxLength": "maxlength"}


@dataclass(frozen=True)
class Field:
    """A control of a form: a ``text``, a ``number``, a ``checkbox`` or a ``select``.

    ``default`` and ``choices`` are as a browser sends them, ``bounds`` are attributes in HTML.
    ``hint`` says what the choices mean, empty where nothing does.
    """

    name: str
    wire_name: str
    title: str
    kind: str
    default: str
    choices: tuple[str, ...]
    bounds: Mapping[str, Any]
    hint: str = ""


@cache
def fields_of(declaration: type[msgspec.Struct]) -> tuple[Field, ...]:
    """Return the fields that have a title.

    Raises:
        TypeError: no control of a form can take one of them; the message names it.
    """
    _, shapes = msgspec.json.schema_components([declaration])
    declared = shapes[declaration.__name__]["properties"]
    names = zip(declaration.__struct_fields__, declaration.__struct_encode_fields__, strict=True)
    found = []
    for name, wire_name in names:
        shape = declared[wire_name]
        others = [other for other in shape.get("anyOf", ()) if other != {"type": "null"}]
        if len(others) == 1:  # what a value that may be null is otherwise
            shape = {**shape, **others[0]}
        if "title" in shape:
            named = shapes.get(shape.get("$ref", "").rpartition("/")[2], {})
            found.append(_field(name, wire_name, {**named, **shape}))
    return tuple(found)


def _field(name: str, wire_name: str, shape: dict[str, Any]) -> Field:
    default, choices = shape.get("default"), shape.get("enum", ())
    kind = "select" if choices else KINDS.get(shape.get("type", ""))
    if kind is None:
        raise TypeError(f"The form has no control for a field such as {name!r}; it needs no title.")
    bounds = {html: shape[key] for key, html in BOUNDS.items() if key in shape}
    if kind == "number":
        bounds["step"] = 1 if shape["type"] == "integer" else "any"
    elif kind == "checkbox" and default is None:  # a box cannot say that nothing was said
        kind, choices = "select", (True, False)
    if kind == "select" and default is None:
        choices = (None, *(choice for choice in choices if choice is not None))
    sent, *said = (
        "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        for value in (default, *choices)
    )
    hint = shape.get("description", "") if kind == "select" else ""
    return Field(name, wire_name, shape["title"], kind, sent, tuple(said), bounds, hint)


def read_fields(declaration: type[msgspec.Struct], given: Mapping[str, str]) -> dict[str, Any]:
    """Return what was said of a declaration, under its names in the API; empty means the default.

    Raises:
        Problem: 422, a value is not of the declared type; the message names the field.
    """
    fields = fields_of(declaration)
    said = {field.wire_name: given[field.name] for field in fields if given[field.name]}
    try:
        read = msgspec.to_builtins(msgspec.convert(said, declaration, strict=False))
    except msgspec.ValidationError as error:
        what, _, wire_name = str(error).rpartition(" - at `$.")
        what = what.replace(" | null`", "`").removesuffix(", got `str`")
        for kind, word in WORDS.items():
            what = what.replace(f"`{kind}`", word)
        raise invalid(wire_name.removesuffix("`"), what[:1].lower() + what[1:]) from None
    names = (field.wire_name for field in fields)
    return {name: read[name] for name in names if read[name] is not None}


@asynccontextmanager
async def read_form(
    request: Request, *, max_bytes: int = MAX_FORM_BYTES
) -> AsyncIterator[FormData]:
    """Read the form and give its files back at the end. Later reads get the same form.

    Raises:
        Problem: 400 when it is no form, 413 when it is too large.
    """
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise Problem(411, "Forms have to say how long they are.", "length_required")
    if len(length) > 18 or int(length) > max_bytes:
        message = f"The form is larger than {max_bytes // 1024} KiB."
        raise Problem(413, message, "content_too_large")
    try:
        form = request.form(max_files=4, max_fields=40, max_part_size=MAX_FIELD_BYTES)
        async with form as fields:
            yield fields
    except HTTPException as error:
        message = f"The form cannot be read: {error.detail}"
        raise Problem(error.status_code, message, "form") from None


async def text_of(request: Request, name: str) -> str:
    """Return a text field, stripped; the empty text when it is not there."""
    value = (await request.form()).get(name)
    return value.strip() if isinstance(value, str) else ""


async def file_of(request: Request, name: str) -> UploadFile | None:
    """Return a file, None when none was chosen."""
    value = (await request.form()).get(name)
    return value if isinstance(value, UploadFile) and value.filename else None
