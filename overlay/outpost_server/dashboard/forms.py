"""Reading what a form of the dashboard sends: bounded, its files on the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from outpost_server.rules.problem import Problem

# Both the template of a new endpoint and the file of a prediction that is tried out.
MAX_FORM_BYTES = 100 * 1024 * 1024
MAX_FIELD_BYTES = 1024 * 1024


@asynccontextmanager
async def read_form(request: Request) -> AsyncIterator[FormData]:
    """Read the form and give its files back at the end. Later reads get the same form.

    Raises:
        Problem: 400 when it is no form, 413 when it is too large.
    """
    length = request.headers.get("content-length", "")
    if not length.isascii() or not length.isdigit():
        raise Problem(411, "Forms have to say how long they are.", "length_required")
    if int(length) > MAX_FORM_BYTES:
        message = f"The form is larger than {MAX_FORM_BYTES // 1024 // 1024} MiB."
        raise Problem(413, message, "content_too_large")
    try:
        form = request.form(max_files=4, max_fields=40, max_part_size=MAX_FIELD_BYTES)
        async with form as fields:
            yield fields
    except HTTPException as error:
        raise Problem(
            error.status_code, f"The form cannot be read: {error.detail}", "form"
        ) from None


async def text_of(request: Request, name: str) -> str:
    """Return a text field, stripped; the empty text when it is not there."""
    value = (await request.form()).get(name)
    return value.strip() if isinstance(value, str) else ""


async def file_of(request: Request, name: str) -> UploadFile | None:
    """Return a file, None when none was chosen."""
    value = (await request.form()).get(name)
    return value if isinstance(value, UploadFile) and value.filename else None
