"""Reading request bodies: bounded, and with errors that name the field."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from outpostkit.local.problem import Problem, invalid

T = TypeVar("T")

MAX_METADATA_BYTES = 1024 * 1024


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body.

    Raises:
        Problem: 413 when it is larger than ``max_bytes``; the rest of it is not read then.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            limit = f"{max_bytes // 1024} KiB"
            raise Problem(413, f"The request body is larger than {limit}.", "body_too_large")
    return bytes(body)


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def decode(content: bytes | str, form: type[T], *, where: str = "") -> T:
    """Return a JSON text as ``form``.

    Raises:
        Problem: 400 when it is not JSON or a field is not as the document says.
    """
    try:
        return msgspec.json.decode(content, type=form)
    except msgspec.ValidationError as error:
        field, what = _explain(str(error))
        raise invalid(".".join(part for part in (where, field) if part) or "body", what) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        name = where or "The request body"
        raise Problem(400, f"{name} is not valid JSON: {error}", "invalid_json") from None


async def read_json(request: Request, form: type[T], max_bytes: int) -> T:
    """Return a JSON body as ``form``; see :func:`decode` and :func:`read_body` for what is raised."""
    if media_type(request) not in ("application/json", ""):
        message = f"Send the body as application/json, not {media_type(request)}."
        raise Problem(415, message, "unsupported_media_type")
    return decode(await read_body(request, max_bytes), form)


async def read_multipart(request: Request, max_bytes: int) -> tuple[str, str, bytes]:
    """Return the text of the part ``metadata``, and the name and content of the file part ``template``.

    Raises:
        Problem: 400 when the body is not multipart/form-data or a part is missing, 413.
    """
    body = await read_body(request, max_bytes)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    whole = Request(request.scope, receive)
    try:
        async with whole.form(max_files=8, max_fields=8, max_part_size=MAX_METADATA_BYTES) as form:
            metadata, template = form.get("metadata"), form.get("template")
            if isinstance(metadata, UploadFile):
                metadata = (await metadata.read()).decode("utf-8", "replace")
            if metadata is None:
                raise invalid("metadata", "this part is required: a JSON text")
            if not isinstance(template, UploadFile):
                raise invalid("template", "this part is required: the template file")
            return metadata, template.filename or "template.py", await template.read()
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
    return path.removeprefix(".").removesuffix("`"), what[:1].lower() + what[1:]
