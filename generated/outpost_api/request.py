# Generated from spec/outpost.yaml by
# generator/outpost_generator/templates/package/request.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""What an operation is, and one call of it as a value that can be sent."""

from __future__ import annotations

from typing import Any, Dict, Generic, Mapping, Optional, Sequence, Tuple, TypeVar

from outpost_api.bodies import Body, FileBody, MultipartBody, Part, form_body
from outpost_api.encoding import path_segment, path_segments
from outpost_api.errors import InvalidArgument

S = TypeVar("S")
E = TypeVar("E")

#: Methods that leave the same state behind however often they are executed (RFC 9110, 9.2.2), and QUERY.
IDEMPOTENT_METHODS = frozenset(("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "QUERY"))


class Operation(Generic[S, E]):
    """One method and path of the document.

    Attributes:
        id: operationId.
        method: HTTP method in upper case.
        path: path template, such as ``/endpoints/{entity}``.
        tag: the tag package it lives in.
        responses: documented status (``"200"``, ``"4XX"``, ``"default"``) to media type to Python
            type. A status without content maps to an empty mapping.
        security: alternatives; each names the security schemes that must all be satisfied. An
            empty alternative means that no credentials are needed.
        server: address template of its own server, or ``None`` for the client's base URL.
        deprecated: whether the document calls it deprecated.
        idempotent: whether sending it twice does no more than sending it once: as the document or the
            settings of the generator mark it, else by its method.
        idempotency_header: the request header that makes it so for one call, by a key that each call
            has of its own; ``None`` when there is none.
        accept: the Accept header that asks for a documented success, or ``None`` for plain JSON.
    """

    __slots__ = (
        "accept",
        "deprecated",
        "id",
        "idempotency_header",
        "idempotent",
        "method",
        "path",
        "readers",
        "responses",
        "security",
        "server",
        "tag",
    )

    def __init__(
        self,
        *,
        id: str,
        method: str,
        path: str,
        tag: str,
        responses: Mapping[str, Mapping[str, Any]],
        security: Tuple[Tuple[str, ...], ...] = (),
        server: Optional[str] = None,
        deprecated: bool = False,
        idempotent: Optional[bool] = None,
        idempotency_header: Optional[str] = None,
        accept: Optional[str] = None,
    ) -> None:
        self.id = id
        self.method = method
        self.path = path
        self.tag = tag
        self.responses = responses
        self.security = security
        self.server = server
        self.deprecated = deprecated
        self.idempotent: bool = method in IDEMPOTENT_METHODS if idempotent is None else idempotent
        self.idempotency_header = idempotency_header
        self.accept = accept
        #: Filled by :func:`outpost_api.response.read_response`: one reader per status and media type seen.
        self.readers: Dict[Tuple[int, Optional[str]], Any] = {}

    def __repr__(self) -> str:
        return f"<Operation {self.id}: {self.method} {self.path}>"


class RequestPlan(Generic[S, E]):
    """One call of an operation, ready to be sent. Pure: making it touches no network.

    A plan is a value: sending it twice sends the same bytes, unless ``replayable`` is false.

    Attributes:
        operation: the operation it calls.
        path: percent-encoded path, beginning with ``/``.
        query: (name, value) pairs, not yet percent-encoded. Arguments left unset are not here.
        headers: request headers of the operation's own parameters and body.
        body: ``None``, bytes, a :class:`MultipartBody` or a :class:`FileBody`.
        base_url: address of the operation's own server, or ``None`` for the client's base URL.
        content_type: media type of the body, or ``None``.
    """

    __slots__ = ("base_url", "body", "content_type", "headers", "operation", "path", "query")

    def __init__(
        self,
        operation: Operation[S, E],
        path: str,
        query: Sequence[Tuple[str, str]] = (),
        headers: Optional[Dict[str, str]] = None,
        body: Body = None,
        content_type: Optional[str] = None,
        base_url: Optional[str] = None,
    ) -> None:
        self.operation = operation
        self.path = path
        self.query: Tuple[Tuple[str, str], ...] = tuple(query)
        self.headers: Dict[str, str] = headers if headers is not None else {}
        self.body: Body = body
        self.content_type = content_type
        self.base_url = base_url
        if content_type is not None:
            self.headers["Content-Type"] = content_type
        if operation.accept is not None:
            self.headers["Accept"] = operation.accept

    @property
    def method(self) -> str:
        """HTTP method in upper case."""
        return self.operation.method

    @property
    def replayable(self) -> bool:
        """Whether sending the plan again sends the same bytes."""
        return self.body is None or isinstance(self.body, bytes) or self.body.replayable

    def url(self, base_url: str) -> str:
        """Return the address without its query; the operation's own server goes before ``base_url``."""
        return (self.base_url if self.base_url is not None else base_url).rstrip("/") + self.path

    def moved(
        self, *, path: Optional[str] = None, base_url: Optional[str] = None
    ) -> RequestPlan[S, E]:
        """Return the same call at another encoded path or another server."""
        other = RequestPlan.__new__(RequestPlan)
        for name in RequestPlan.__slots__:
            setattr(other, name, getattr(self, name))
        other.path = path if path is not None else self.path
        other.base_url = base_url if base_url is not None else self.base_url
        return other

    def __repr__(self) -> str:
        # Query, headers and body may hold credentials of the caller's own.
        return f"<RequestPlan {self.operation.id}: {self.operation.method} {self.path}>"


__all__ = [
    "IDEMPOTENT_METHODS",
    "Body",
    "FileBody",
    "InvalidArgument",
    "MultipartBody",
    "Operation",
    "Part",
    "RequestPlan",
    "form_body",
    "path_segment",
    "path_segments",
]
