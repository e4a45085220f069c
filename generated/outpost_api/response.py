# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/response.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""An answer of the server, read by the status and media type the document gives it."""

from __future__ import annotations

from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Generic,
    Mapping,
    Optional,
    Tuple,
    Type,
    TypeVar,
    Union,
    cast,
)

from outpost_api.errors import DecodeError, ResponseError, excerpt
from outpost_api.later import later
from outpost_api.request import Operation, RequestPlan

if TYPE_CHECKING:
    import httpx
else:
    httpx = later("httpx")

S = TypeVar("S")
E = TypeVar("E")
H = TypeVar("H")

#: (body, strict) -> value
Reader = Callable[[bytes, bool], Any]
#: A server may invent any number of Content-Type values; this many are remembered per operation.
_READERS_KEPT = 64


class Response(Generic[S, E]):
    """An answer of the server, whatever its status.

    Attributes:
        status_code: any integer the server sent.
        headers: response headers; names compare without case.
        content: the body as received.
        parsed: the body as the type the document gives this status. ``None`` when the status has
            no content, or when the body of an error is not what the document says.
        http_response: the response object of httpx.
        operation: the operation that was called.
    """

    __slots__ = ("content", "headers", "http_response", "operation", "parsed", "status_code")

    def __init__(
        self, operation: Operation[S, E], http_response: httpx.Response, parsed: Union[S, E, None]
    ) -> None:
        self.operation = operation
        self.http_response = http_response
        self.status_code: int = http_response.status_code
        self.headers: Mapping[str, str] = http_response.headers
        self.content: bytes = http_response.content
        self.parsed = parsed

    @property
    def is_success(self) -> bool:
        """Whether the status is between 200 and 299."""
        return 200 <= self.status_code < 300

    @property
    def request_id(self) -> Optional[str]:
        """The server's id of this request, from the header ``X-Request-Id``."""
        return self.headers.get("X-Request-Id")

    def error(self) -> ResponseError:
        """Return this answer as the error that :meth:`value` raises for it."""
        message, code = error_text(self.http_response)
        request = self.http_response.request
        return ResponseError(
            self.status_code,
            message,
            code=code,
            headers=self.headers,
            content=self.content,
            parsed=self.parsed,
            request_id=self.request_id,
            operation_id=self.operation.id,
            method=request.method,
            url=str(request.url.copy_with(query=None, fragment=None, username="", password="")),
        )

    def value(self) -> S:
        """Return the parsed body of a success.

        Raises:
            ResponseError: the status is not a success.
        """
        if 200 <= self.status_code < 300:
            return cast(S, self.parsed)
        raise self.error()

    def __repr__(self) -> str:
        return f"<Response {self.status_code} to {self.operation.id}>"


def read_response(
    source: Union[Operation[S, E], RequestPlan[S, E]],
    http_response: httpx.Response,
    *,
    strict: bool = False,
) -> Response[S, E]:
    """Return the typed answer. Never raises because of a status.

    Args:
        source: the operation that was called, or the plan that was sent.
        http_response: the answer, its body already read.
        strict: whether a successful body must fit the document exactly; see ``Model.from_dict``.

    Raises:
        DecodeError: the status is a success and its body cannot be read as the document says. The
            error has the status, the headers and the body.
    """
    operation = source if isinstance(source, Operation) else source.operation
    status_code = http_response.status_code
    content_type = http_response.headers.get("content-type")
    try:
        reader: Reader = operation.readers[status_code, content_type]
    except KeyError:
        reader = _choose_reader(operation, status_code, content_type)
        if len(operation.readers) < _READERS_KEPT:
            operation.readers[status_code, content_type] = reader
    try:
        parsed = reader(http_response.content, strict)
    except DecodeError as problem:
        if not 200 <= status_code < 300:
            parsed = None
        else:
            headers = http_response.headers
            raise DecodeError(
                problem.reason,
                path=problem.path,
                status_code=status_code,
                headers=headers,
                content=http_response.content,
                request_id=headers.get("X-Request-Id"),
                operation_id=operation.id,
            ) from None
    return Response(operation, http_response, parsed)


def typed_headers(type: Type[H], headers: Mapping[str, str]) -> H:
    """Return response headers as a model: what is not there stays unset, what does not fit stays text."""
    from outpost_api.lenient import header_fields

    found: H = header_fields(type, headers)
    return found


def error_text(http_response: httpx.Response) -> Tuple[str, Optional[str]]:
    """Return what the body of an error says went wrong, and its error code if it has one."""
    from outpost_api.codec import read_json

    content = http_response.content
    location = http_response.headers.get("location")
    if 300 <= http_response.status_code < 400 and location:
        return (
            "redirected; redirects are not followed, because they could carry the token elsewhere",
            None,
        )
    try:
        body = read_json(content)
    except DecodeError:
        reason = http_response.reason_phrase or "no reason given"
        return (excerpt(content) or f"{reason} (empty body)"), None
    if isinstance(body, str):
        return body, None
    if not isinstance(body, dict):
        return excerpt(content), None
    nested = body.get("error")
    source = nested if isinstance(nested, dict) else body
    code = source.get("code")
    for name in ("message", "detail", "error_description", "title", "error"):
        found = source.get(name)
        if isinstance(found, str) and found:
            return found, str(code) if isinstance(code, (str, int)) else None
    return excerpt(content), str(code) if isinstance(code, (str, int)) else None


def _choose_reader(
    operation: Operation[Any, Any], status_code: int, content_type: Optional[str]
) -> Reader:
    responses = operation.responses
    documented = responses.get(str(status_code))
    if documented is None:
        documented = responses.get(f"{status_code // 100}XX")
    if documented is None:
        documented = responses.get("default")
    if documented is None:
        if not 200 <= status_code < 300:
            return _nothing
        # A success the document forgot: good when its body is exactly a documented one.
        successes = [found for status, found in responses.items() if status.startswith("2")]
        documented = next((found for found in successes if found), None)
        if documented is None:
            return _nothing
        read = _by_media_type(documented, content_type)
        return lambda content, strict: read(content, True)
    return _by_media_type(documented, content_type)


def _by_media_type(documented: Mapping[str, Any], content_type: Optional[str]) -> Reader:
    """Return the reader of the documented content that fits the reply's Content-Type."""
    if not documented:
        return _nothing
    received = (content_type or "").partition(";")[0].strip().lower()
    names = list(documented)
    candidates = (received, f"{received.partition('/')[0]}/*", "*/*")
    name = next(
        (each for candidate in candidates for each in names if each.lower() == candidate), None
    )
    if name is None and _is_json(received):
        name = next((each for each in names if _is_json(each.lower())), None)
    if name is None and received in ("", "application/octet-stream", "text/plain"):
        # A server that names no type, or only the vaguest, is taken at the document's word.
        name = names[0]
    if name is None:
        return _unexpected(received, names)
    return _reader(documented[name], received if "*" in name else name.lower())


def _reader(type: Any, media_type: str) -> Reader:
    if type is bytes:
        return lambda content, strict: content
    if type is str and not _is_json(media_type):
        return lambda content, strict: content.decode("utf-8", "replace")
    if _is_json(media_type) or type not in (None, Any):
        from outpost_api.codec import decoder

        return decoder(Any if type is None else type)
    if media_type.startswith("text/"):
        return lambda content, strict: content.decode("utf-8", "replace")
    return lambda content, strict: content


def _unexpected(received: str, names: list[str]) -> Reader:
    def refuse(content: bytes, strict: bool) -> Any:
        hint = "; read it with `stream`" if received == "text/event-stream" else ""
        expected = " or ".join(names)
        raise DecodeError(
            f"the server sent {received}, the document says {expected}{hint}", content=content
        )

    return refuse


def _nothing(content: bytes, strict: bool) -> None:
    return None


def _is_json(media_type: str) -> bool:
    subtype = media_type.partition("/")[2].partition(";")[0].strip()
    return subtype in ("json", "problem+json") or subtype.endswith("+json")


__all__ = ["Response", "error_text", "read_response", "typed_headers"]
