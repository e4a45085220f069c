"""Turning answers that are not what was asked for into errors."""

from typing import Iterable, Type, TypeVar

import httpx

from outpost_api.errors import DecodeError
from outpost_api.response import error_text
from outpostkit._exchange import retry_after_of
from outpostkit._redaction import redact, redact_bytes
from outpostkit.exceptions import OutpostHTTPException, UnreadableResponseError

X = TypeVar("X", bound=OutpostHTTPException)

REQUEST_ID_HEADER = "X-Request-Id"


def http_error(
    kind: Type[X],
    response: httpx.Response,
    *,
    attempts: int = 1,
    operation_id: str = "",
    parsed: object = None,
) -> X:
    """Return the error for an answer that is not a success; its body holds no secret any more."""
    message, code = error_text(response)
    request = response.request
    return kind(
        response.status_code,
        message,
        code,
        headers={name.lower(): value for name, value in response.headers.items()},
        content=response.content,
        parsed=parsed,
        request_id=response.headers.get(REQUEST_ID_HEADER),
        operation_id=operation_id,
        method=request.method,
        url=str(request.url.copy_with(query=None, fragment=None)),
        attempts=attempts,
        retry_after_s=retry_after_of(response),
    )


def unreadable(problem: DecodeError, secrets: Iterable[str]) -> UnreadableResponseError:
    """Return the error for a success whose body cannot be read, without secrets."""
    known = tuple(secrets)
    return UnreadableResponseError(
        redact(problem.reason, known),
        path=redact(problem.path, known),
        status_code=problem.status_code,
        headers={name.lower(): redact(value, known) for name, value in problem.headers.items()},
        content=redact_bytes(problem.content, known),
        request_id=problem.request_id,
        operation_id=problem.operation_id,
    )
