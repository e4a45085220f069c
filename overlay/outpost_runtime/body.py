"""The body of a request: the fields of JSON or of a form, or what it is otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic_core import from_json
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from outpost_runtime.errors import bad_input


@dataclass(frozen=True)
class Body:
    """``fields`` of an object or a form; otherwise None, and ``raw`` is the input itself."""

    fields: dict[str, Any] | None
    raw: bytes = b""

    def raw_text(self) -> str:
        """Return the input as text.

        Raises:
            RequestValidationError: it is not UTF-8.
        """
        try:
            return self.raw.decode()
        except UnicodeDecodeError:
            raise bad_input((), "the body should be JSON, or text in UTF-8") from None


async def read_body(request: Request) -> Body:
    """Read a body by its content type; without one, what begins with a brace is JSON.

    Raises:
        RequestValidationError: it is not what its content type says.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "multipart/form-data":
        async with request.form() as form:
            return Body(await _form_fields(form))
    raw = await request.body()
    is_json = content_type == "application/json" or content_type.endswith("+json")
    # No image and no sound begins with a brace. Text does, when curl sends JSON as a form.
    if is_json or not raw or (_may_be_json(content_type) and raw.lstrip()[:1] == b"{"):
        return Body(_json_fields(raw) if raw else {})
    return Body(None, raw)


def _may_be_json(content_type: str) -> bool:
    kind, _, rest = content_type.partition("/")
    return kind in ("", "text") or rest in ("octet-stream", "x-www-form-urlencoded")


def _json_fields(raw: bytes) -> dict[str, Any]:
    try:
        value = from_json(raw)
    except ValueError as error:
        told = {"loc": ("body",), "msg": f"JSON decode error: {error}", "type": "json_invalid"}
        raise RequestValidationError([told]) from None
    if not isinstance(value, dict):
        raise bad_input((), 'the body should be an object, such as {"inputs": ...}')
    return value


async def _form_fields(form: FormData) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name in form:
        values = [await _form_value(name, value) for value in form.getlist(name)]
        fields[name.removesuffix("[]")] = values if len(values) > 1 else values[0]
    return fields


async def _form_value(name: str, value: UploadFile | str) -> Any:
    if isinstance(value, UploadFile):
        return await value.read()
    if value[:1] in ("{", "["):  # lists and objects have no other form
        try:
            return from_json(value)
        except ValueError:
            return value
    return value
