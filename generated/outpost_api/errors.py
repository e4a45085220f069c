# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/errors.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Every error that this package raises on purpose.

ApiError
├── InvalidArgument   an argument cannot be sent; nothing was sent (also a ValueError)
├── ResponseError     the server answered with a status that is not a success
└── DecodeError       a successful answer, or a value given by hand, is not what the document says
"""

from typing import Dict, Mapping, Optional, Tuple, Type

_EXCERPT_CHARACTERS = 300


class ApiError(Exception):
    """Base class of the errors of this package."""


class InvalidArgument(ApiError, ValueError):
    """An argument cannot be sent as it is; nothing was sent.

    Attributes:
        name: the parameter as the document spells it.
        reason: what is wrong with its value.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


class ResponseError(ApiError):
    """The server answered with a status that is not a success.

    Attributes:
        status_code: the status as the server sent it; any integer.
        message: what the body says went wrong, or an excerpt of the body.
        code: the error code of the body, when it has one.
        headers: response headers, names in lower case.
        content: the body as received.
        parsed: the body as the type the document gives this status, or ``None``.
        request_id: the server's id of this request, when it sent one.
        operation_id: the operation that was called.
        method: HTTP method of the request.
        url: address of the request without its query, which may hold credentials.
    """

    def __init__(
        self,
        status_code: int,
        message: str,
        *,
        code: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        content: bytes = b"",
        parsed: object = None,
        request_id: Optional[str] = None,
        operation_id: str = "",
        method: str = "",
        url: str = "",
    ) -> None:
        super().__init__(status_code, message)
        self.status_code = status_code
        self.message = message
        self.code = code
        self.headers: Dict[str, str] = dict(headers or {})
        self.content = content
        self.parsed = parsed
        self.request_id = request_id
        self.operation_id = operation_id
        self.method = method
        self.url = url

    def __reduce__(self) -> Tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))

    def __str__(self) -> str:
        code = f"[{self.code}] " if self.code else ""
        request = f" (request id {self.request_id})" if self.request_id else ""
        source = f"{self.operation_id}: " if self.operation_id else ""
        return f"{source}status {self.status_code}: {code}{self.message}{request}"


class DecodeError(ApiError):
    """A successful answer, or a value given by hand, is not what the document says.

    Attributes:
        reason: what does not fit.
        path: JSON path of the value that does not fit, such as ``$.endpoints[3].port``.
        status_code: status of the answer; ``None`` when no answer was read.
        headers: response headers, names in lower case.
        content: the body as received.
        request_id: the server's id of this request, when it sent one.
        operation_id: the operation that was called, or an empty string.
    """

    def __init__(
        self,
        reason: str,
        *,
        path: str = "$",
        status_code: Optional[int] = None,
        headers: Optional[Mapping[str, str]] = None,
        content: bytes = b"",
        request_id: Optional[str] = None,
        operation_id: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path
        self.status_code = status_code
        self.headers: Dict[str, str] = dict(headers or {})
        self.content = content
        self.request_id = request_id
        self.operation_id = operation_id

    def __reduce__(self) -> Tuple[object, ...]:
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))

    def __str__(self) -> str:
        source = f"{self.operation_id}: " if self.operation_id else ""
        status = f"status {self.status_code}: " if self.status_code is not None else ""
        seen = f"; the body begins {excerpt(self.content)!r}" if self.content else ""
        return f"{source}{status}{self.reason}{seen}"


def excerpt(content: bytes) -> str:
    """Return the beginning of a body as one line of text."""
    text = content[: _EXCERPT_CHARACTERS * 4].decode("utf-8", "replace")
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_CHARACTERS else line[:_EXCERPT_CHARACTERS] + "..."


def _rebuild(cls: Type[Exception], args: Tuple[object, ...], state: Dict[str, object]) -> Exception:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


__all__ = ["ApiError", "DecodeError", "InvalidArgument", "ResponseError"]
