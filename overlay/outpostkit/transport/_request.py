"""The outgoing half of HTTP/1.1: an ``httpx.Request`` becomes the bytes that open it."""

from __future__ import annotations

import re
from typing import Dict, List, Optional, Tuple

import httpx

from outpost_api.request import IDEMPOTENT_METHODS

#: Up to this size a body travels in one write with its head, in one packet when it fits.
MAX_JOINED_BODY_BYTES = 64 * 1024

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FRAMING = frozenset({b"host", b"content-length", b"transfer-encoding", b"connection"})

_TOKEN = rb"[-!#$%&'*+.^_`|~0-9a-zA-Z]+"
_VALUE = rb"[\t\x20-\x7e\x80-\xff]*"
_HEAD = re.compile(
    _TOKEN + rb" [\x21-\x7e]+ HTTP/1\.1\r\n(?:" + _TOKEN + rb": " + _VALUE + rb"\r\n)*\r\n"
)

#: Scheme, host, port and TLS server name: what a connection must share with a request.
Origin = Tuple[str, str, int, Optional[str]]
#: Seconds by phase, as httpx puts them into a request: connect, read, write, pool.
Timeouts = Dict[str, Optional[float]]


class IllegalRequest(httpx.LocalProtocolError):
    """The head of a request is not valid HTTP/1.1; the text does not quote header values."""


class OutgoingRequest:
    """What is written to the connection, and what may be assumed about it.

    Raises:
        httpx.UnsupportedProtocol: the URL is neither ``http`` nor ``https``.
        IllegalRequest: the request is not valid HTTP/1.1.
        httpx.LocalProtocolError: its body has another length than its header says.
    """

    __slots__ = ("body", "chunked", "closes", "idempotent", "length", "method", "opening", "origin")

    def __init__(self, request: httpx.Request) -> None:
        url = request.url
        scheme = url.scheme
        if scheme not in _DEFAULT_PORTS:
            raise httpx.UnsupportedProtocol(
                "the URL must begin with http:// or https://"
                + (f", not {scheme}://" if scheme else "")
            )
        host = url.raw_host.decode("ascii")
        if not host:
            raise httpx.UnsupportedProtocol("the URL has no host")
        extensions = request.extensions
        self.origin: Origin = (
            scheme,
            host,
            url.port or _DEFAULT_PORTS[scheme],
            extensions.get("sni_hostname"),
        )
        self.method = request.method
        idempotent = extensions.get("idempotent")
        #: Whether it may be executed twice: as whoever made it says, else by its method.
        self.idempotent = self.method in IDEMPOTENT_METHODS if idempotent is None else idempotent
        #: Whether the request itself asks for the connection to be closed.
        self.closes = False
        self.chunked = False
        #: Length of the body in bytes; None when it is chunked.
        self.length: Optional[int] = 0
        head = self._head(extensions.get("target") or url.raw_path, request.headers.raw)

        stream = request.stream
        #: The body when it is in memory, None when it has to be read piece by piece.
        self.body: Optional[bytes] = None
        #: The first bytes to write: the head, and the body with it when it is small.
        self.opening = head
        if isinstance(stream, httpx.ByteStream):
            body = b"".join(stream)
            self.check_length(len(body), finished=True)
            if self.chunked:
                body = (b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)) if body else b"0\r\n\r\n"
            if len(body) <= MAX_JOINED_BODY_BYTES:
                self.opening = head + body
                body = b""
            self.body = body

    def check_length(self, sent: int, *, finished: bool = False) -> None:
        """Refuse a body that differs from the declared length, before it spoils the connection."""
        if self.length is not None and sent != self.length:
            if sent > self.length:
                raise httpx.LocalProtocolError("Too much data for declared Content-Length")
            if finished:
                raise httpx.LocalProtocolError("Too little data for declared Content-Length")

    def _head(self, target: bytes, headers: List[Tuple[bytes, bytes]]) -> bytes:
        if self.method == "CONNECT":
            raise IllegalRequest("CONNECT is for proxies, which httpx's transport serves")
        lines = [b"%b %b HTTP/1.1" % (self.method.encode("utf-8"), target)]
        hosts = lengths = 0
        for name, value in headers:
            lines.append(b"%b: %b" % (name, value))
            lower = name.lower()
            if lower not in _FRAMING:
                continue
            if lower == b"host":
                hosts += 1
                if len(lines) > 2:
                    lines.insert(1, lines.pop())  # first, as RFC 9110, 7.2 wants it
            elif lower == b"content-length":
                lengths += 1
                if not value.isdigit():
                    raise IllegalRequest("bad Content-Length")
                self.length = int(value)
            elif lower == b"transfer-encoding":
                if self.chunked or value.lower() != b"chunked":
                    raise IllegalRequest("only Transfer-Encoding: chunked is supported, once")
                self.chunked = True
            else:
                self.closes = b"close" in [token.strip() for token in value.lower().split(b",")]
        if hosts != 1:
            raise IllegalRequest(f"a request needs exactly one Host header, not {hosts}")
        if lengths > 1 or (lengths and self.chunked):
            raise IllegalRequest(
                "a request needs one Content-Length or Transfer-Encoding header, not both"
            )
        if self.chunked:
            self.length = None
        lines.append(b"\r\n")
        head = b"\r\n".join(lines)
        # One pass over the whole head. A line break inside a value would make another valid
        # line, so the lines are counted as well.
        if head.count(b"\n") != len(lines) or _HEAD.fullmatch(head) is None:
            raise IllegalRequest(_what_is_illegal(self.method, target, headers))
        return head


def _what_is_illegal(method: str, target: bytes, headers: List[Tuple[bytes, bytes]]) -> str:
    """Name the culprit without quoting any value: it may be a secret."""
    if re.fullmatch(_TOKEN, method.encode("utf-8")) is None:
        return f"illegal method {method!r}"
    if re.fullmatch(rb"[\x21-\x7e]+", target) is None:
        return "illegal character in the request target"
    for name, value in headers:
        if re.fullmatch(_TOKEN, name) is None:
            return f"illegal header name {name!r}"
        if re.fullmatch(_VALUE, value) is None:
            return f"line break or control character in the value of header {name.decode()!r}"
    return "illegal request head"
