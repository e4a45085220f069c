"""Turning answers that are not what was asked for into errors."""

from typing import TYPE_CHECKING, Iterable, List, Optional, Tuple, Type, TypeVar

import httpx

from outpost_api.errors import DecodeError
from outpost_api.response import error_text
from outpostkit._calls.exchange import retry_after_of
from outpostkit._calls.redaction import redact, redact_bytes
from outpostkit.exceptions import OutpostHTTPException, UnreadableResponseError

if TYPE_CHECKING:
    from outpost_api.response import Response

X = TypeVar("X", bound=OutpostHTTPException)
S = TypeVar("S")
E = TypeVar("E")

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
    message, code = _problem(response) or error_text(response)
    request = response.request
    advice = ""
    if 300 <= response.status_code < 400:
        message, advice = _pointing_elsewhere(response, message)
    elif response.status_code == 407:
        advice = "A proxy before the server wants a user and a password. "
        advice += request.extensions.get("way", "")
    error = kind(
        response.status_code,
        message,
        code,
        headers={name.lower(): value for name, value in response.headers.items()},
        content=response.content,
        parsed=parsed,
        request_id=response.headers.get(REQUEST_ID_HEADER),
        operation_id=operation_id,
        method=request.method,
        url=str(request.url.copy_with(query=None, fragment=None, username=None, password=None)),
        attempts=attempts,
        retry_after_s=retry_after_of(response),
    )
    if advice:
        error.advice = advice.strip()
    return error


def _pointing_elsewhere(response: httpx.Response, message: str) -> Tuple[str, str]:
    """Return what a redirect says with the address that it names, and what helps."""
    asked = response.request.url
    try:
        target = asked.join(response.headers.get("location", ""))
    except (httpx.InvalidURL, ValueError):
        target = asked
    # The rest of it may hold what nobody else may see.
    shown = target.copy_with(query=None, fragment=None, username=None, password=None)
    if "location" not in response.headers or target == asked:
        return message, ""
    advice = "Redirects are not followed, as the next address would see what was sent. "
    if shown.path == asked.path:
        origin = shown.copy_with(path="/")
        advice += (
            f"If the API has moved, base_url= or OUTPOST_BASE_URL has to begin with {origin} now."
        )
    else:
        advice += (
            "If the API has moved, set base_url= or OUTPOST_BASE_URL to its new address; a page "
            "to sign in at, or a proxy, may also stand before it."
        )
    return f"{message}; it points to {shown}", advice


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


def without_field(
    response: "Response[S, E]", name: str, kind: type, secrets: Iterable[str]
) -> UnreadableResponseError:
    """Return the error for a success that lacks the field which a method is about."""
    from outpost_api.lenient import kind as json_kind, spelled

    found = getattr(response.parsed, name, None)
    problem = DecodeError(
        f"$.{name}: expected {spelled(kind)}, got {json_kind(found)}",
        path=f"$.{name}",
        status_code=response.status_code,
        headers=response.headers,
        content=response.content,
        request_id=response.request_id,
        operation_id=response.operation.id,
    )
    return unreadable(problem, secrets)


def _problem(response: httpx.Response) -> Optional[Tuple[str, Optional[str]]]:
    """Return what ``problem+json`` (RFC 9457) or a list of refused values says, and its code.

    None means that the body is neither.
    """
    from outpost_api.codec import read_json

    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in ("application/json", "application/problem+json"):
        return None
    try:
        body: object = read_json(response.content)
    except DecodeError:
        return None
    if not isinstance(body, dict):
        return None
    refused = _refused_values(body.get("detail")) or _refused_values(body.get("errors"))
    if content_type == "application/json":
        return ("; ".join(refused), None) if refused and "message" not in body else None
    words = [body[name] for name in ("title", "detail") if isinstance(body.get(name), str)]
    if not words and not refused:
        return None
    code = body.get("code")
    kind = body.get("type")
    if code is None and isinstance(kind, str) and kind != "about:blank":
        code = kind
    message = ": ".join(word for word in words if word)
    if refused:
        message = f"{message} ({'; '.join(refused)})" if message else "; ".join(refused)
    return message, str(code) if isinstance(code, (str, int)) else None


def _refused_values(found: object) -> List[str]:
    """Return one line for each value that a list of validation errors names."""
    lines: List[str] = []
    for each in found if isinstance(found, list) else []:
        if not isinstance(each, dict):
            return []
        words = each.get("msg") or each.get("detail") or each.get("message")
        place = each.get("loc") or each.get("pointer") or each.get("field") or each.get("name")
        if isinstance(place, list):
            place = ".".join(str(step) for step in place)
        if isinstance(words, str):
            lines.append(f"{place}: {words}" if place else words)
    return lines
