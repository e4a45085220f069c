"""Reading request bodies: bounded, and with errors that name the field."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import msgspec
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from outpost_server.control_plane.patterns import IN_WORDS
from outpost_server.rules.problem import Problem, invalid
from outpost_server.rules.template_archive import MAX_ARCHIVE_BYTES

T = TypeVar("T")

MAX_JSON_BYTES = 1024 * 1024
MAX_TEMPLATE_BYTES = 10 * 1024 * 1024
# What the parts of a multipart body may add to the template itself.
MAX_FORM_BYTES = MAX_ARCHIVE_BYTES + MAX_JSON_BYTES + 64 * 1024
# By what msgspec says where a text is none of them.
_IN_WORDS = {f"Expected `str` matching regex {one!r}": words for one, words in IN_WORDS.items()}


async def read_body(request: Request, max_bytes: int, *, status: int = 400) -> bytes:
    """Return the body.

    Raises:
        Problem: ``status`` when it is larger than ``max_bytes``; the rest is not read then. 400
            when it is compressed: a small one could unfold without bound.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        message = f"Send the body as it is, without Content-Encoding: {encoding[:40]}."
        raise Problem(400, message, "unsupported_content_encoding")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            message = f"The request body is larger than {max_bytes // 1024} KiB."
            raise Problem(status, message, "content_too_large")
    return bytes(body)


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def decode(content: bytes | str, form: type[T], *, where: str = "") -> T:
    """Return a JSON text as ``form``.

    Raises:
        Problem: 400 when it is not JSON, 422 when a field is not as the document says.
    """
    with _explained(where):
        try:
            return msgspec.json.decode(content, type=form)
        except msgspec.ValidationError:
            return msgspec.convert(_with_integers(msgspec.json.decode(content)), form)


def decode_given(content: bytes | str, form: type[T], *, where: str = "") -> T:
    """As :func:`decode`, where null means the same as leaving a field out."""
    values = decode(content, dict[str, Any], where=where)
    given = {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in _without_nulls(values).items()
    }
    with _explained(where):
        try:
            return msgspec.convert(given, form)
        except msgspec.ValidationError:
            return msgspec.convert(_with_integers(given), form)


def _without_nulls(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _with_integers(value: Any) -> Any:
    """Return a value of JSON, where 3.0 is an integer as 3 is, with integers for such numbers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    if isinstance(value, dict):
        return {name: _with_integers(item) for name, item in value.items()}
    return value


@contextmanager
def _explained(where: str) -> Iterator[None]:
    try:
        yield
    except msgspec.ValidationError as error:
        field, what = _explain(str(error))
        raise invalid(".".join(part for part in (where, field) if part) or "body", what) from None
    except RecursionError:
        name = where or "The request body"
        raise Problem(400, f"{name} is nested too deeply.", "invalid_json") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        name = where or "The request body"
        raise Problem(400, f"{name} is not valid JSON: {error}", "invalid_json") from None


def require_json(request: Request) -> None:
    """Raises:
    Problem: 400, the body says that it is something else than JSON.
    """
    if media_type(request) not in ("application/json", ""):
        message = f"Send the body as application/json, not as {media_type(request)}."
        raise Problem(400, message, "unsupported_media_type")


async def read_multipart(request: Request, body: bytes) -> tuple[str, str, bytes]:
    """Return the text of the part ``metadata``, and name and content of the file ``template``.

    Raises:
        Problem: 400 when the body is not multipart/form-data, 422 when a part is missing.
    """
    async with _form(request, body) as form:
        metadata, template = form.get("metadata"), form.get("template")
        if isinstance(metadata, UploadFile):
            metadata = (await metadata.read()).decode("utf-8", "replace")
        if metadata is None:
            raise invalid("metadata", "this part is required: a JSON text")
        if not isinstance(template, UploadFile):
            raise invalid(
                "template",
                "this part is required: the template file, or a zip archive of its folder",
            )
        content = await template.read()
    return metadata, template.filename or "template.py", content


async def read_file(request: Request, body: bytes, part: str) -> bytes:
    """Return the content of the only file of a multipart body.

    Raises:
        Problem: 400 when the body is not multipart/form-data, 422 when the part is missing.
    """
    async with _form(request, body) as form:
        file = form.get(part)
        if isinstance(file, str):
            return file.encode()
        if file is None:
            raise invalid(part, "this part is required: the bytes of a file")
        return await file.read()


@asynccontextmanager
async def _form(request: Request, body: bytes) -> AsyncIterator[FormData]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    if media_type(request) != "multipart/form-data":
        message = (
            f"Send the body as multipart/form-data, not as {media_type(request) or 'nothing'}."
        )
        raise Problem(400, message, "unsupported_media_type")
    whole = Request(request.scope, receive)
    try:
        async with whole.form(max_part_size=MAX_JSON_BYTES) as form:
            yield form
    except HTTPException as error:
        message = f"The multipart body is not valid: {error.detail}"
        raise Problem(400, message, "invalid_multipart") from None


def _explain(error: str) -> tuple[str, str]:
    """Split msgspec's text into the field and what is expected of it."""
    missing = re.fullmatch(
        r"Object missing required field `([^`]*)`(?: - at `\$\.?([^`]*)`)?", error
    )
    if missing:
        parent = f"{missing[2]}." if missing[2] else ""
        return f"{parent}{missing[1]}", "this field is required"
    what, _, path = error.partition(" - at `$")
    in_words = _IN_WORDS.get(what) or what[:1].lower() + what[1:]
    return path.removeprefix(".").removesuffix("`"), in_words
