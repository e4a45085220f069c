"""Passing one request to one replica and its answer back, both as streams."""

from __future__ import annotations

import asyncio

from outpost_server.router.answer import AnswerCutShort
from outpost_server.router.asgi import Scope, Send
from outpost_server.router.disconnect import ClientGone, RequestBody
from outpost_server.router.shared_origin import ABOUT_THE_ORIGIN, FORWARDED, sets_our_cookie
from outpost_server.rules.request_id import current_request_id
from outpost_server.serving.connection_pool import NothingRead
from outpost_server.serving.replica_connection import BODILESS, Lost, ReplicaConnection, send_parts
from outpost_server.serving.replica_set import LiveReplica

# Headers about one connection, not about the request (RFC 9110, section 7.6.1). "expect" has been
# answered by the time the body is read.
HOP_BY_HOP = frozenset(
    b"connection expect keep-alive proxy-authenticate proxy-authorization proxy-connection te "
    b"trailer transfer-encoding upgrade".split()
)
# The Outpost token is for Outpost, not for the code of the template. The length is written anew.
# The id of the request is the one in our logs, also where the client gave none.
NOT_FOR_TEMPLATES = HOP_BY_HOP | FORWARDED | {b"authorization", b"content-length", b"x-request-id"}
NOT_FOR_CLIENTS = HOP_BY_HOP | ABOUT_THE_ORIGIN
# Up to this stated length an answer is passed on once it is whole: if its replica ends before that,
# the client gets a proper 502 rather than a part of it.
SHORT_ANSWER_BYTES = 64 * 1024


class ReplicaLost(Exception):
    """The replica ended before any of its answer was passed on; it may have seen the request.

    ``has_begun`` tells that it had begun to answer: it may be that only the answer broke off.
    """

    def __init__(self, why: str, *, has_begun: bool = False) -> None:
        super().__init__(why)
        self.has_begun = has_begun


class NoAnswer(Exception):
    """What the replica sent is no answer, as the message says. Nothing of it was passed on."""


async def forward(
    live: LiveReplica, path: str, scope: Scope, body: RequestBody, send: Send
) -> None:
    """Send the request to ``live`` and its answer to the client.

    Raises:
        ReplicaUnreachable: it has not seen the request, so another replica can take it.
        ReplicaLost: the replica ended before any of its answer was passed on.
        NoAnswer: it sent what is no answer.
        AnswerCutShort: the replica ended within its answer, or the template raised within it.
        ClientGone: the client went away.
    """
    connection = await live.connections.acquire()
    upload: asyncio.Task[None] | None = None
    started = False
    try:
        connection.begin(is_head=scope["method"] == "HEAD")
        if body.is_whole:
            length = body.length_line(scope)
            connection.write(b"".join((_request_head(path, scope), length, b"\r\n", body.first)))
        else:
            upload = _start_upload(connection, path, scope, body)
        await connection.head()
        if _is_short(connection):
            await connection.whole()
        started = True
        await _answer(connection, send)
    except Lost as lost:
        if lost.was_unread and upload is None:
            raise NothingRead("It ended before it read the request.") from None
        if upload is not None and upload.done() and not upload.cancelled():
            cause = upload.exception()
            if isinstance(cause, ClientGone):
                raise cause from None
        if started:
            raise AnswerCutShort from None
        if connection.refused_because:
            raise NoAnswer(connection.refused_because) from None
        why = "its connection was closed before the answer"
        raise ReplicaLost(why, has_begun=connection.has_begun) from None
    finally:
        if upload is not None and not upload.done():
            # It has answered without reading the whole request. The rest goes nowhere.
            upload.cancel()
            connection.close()
        live.connections.release(connection)


def _is_short(connection: ReplicaConnection) -> bool:
    for name, value in connection.headers:
        if name.lower() == b"content-length":
            return len(value) < 8 and value.isdigit() and int(value) <= SHORT_ANSWER_BYTES
    return False


async def _answer(connection: ReplicaConnection, send: Send) -> None:
    dropped = NOT_FOR_CLIENTS
    if connection.status in BODILESS:
        dropped = dropped | {b"content-length"}  # of a body that is not passed on
    headers = [
        pair
        for pair in connection.headers
        if (name := pair[0].lower()) not in dropped
        and not (name == b"set-cookie" and sets_our_cookie(pair[1]))
    ]
    await send({"type": "http.response.start", "status": connection.status, "headers": headers})
    while True:
        chunk = await connection.chunk()
        is_last = not chunk or connection.is_at_end
        await send({"type": "http.response.body", "body": chunk, "more_body": not is_last})
        if is_last:
            return


def _start_upload(
    connection: ReplicaConnection, path: str, scope: Scope, body: RequestBody
) -> asyncio.Task[None]:
    length = body.length_line(scope)
    framing = length or b"transfer-encoding: chunked\r\n"
    connection.write(_request_head(path, scope) + framing + b"\r\n")
    upload = asyncio.create_task(send_parts(connection, body.parts(), chunked=not length))

    def ended(upload: asyncio.Task[None]) -> None:
        if upload.cancelled() or upload.exception() is not None:
            connection.close()  # whoever waits for the answer learns that there will be none

    upload.add_done_callback(ended)
    return upload


def _request_head(path: str, scope: Scope) -> bytes:
    """Return the request line and the headers, without those that frame the body."""
    query = scope["query_string"]
    target = path.encode("latin-1") + (b"?" + query if query else b"")
    lines = [b"%b %b HTTP/1.1\r\n" % (scope["method"].encode("latin-1"), target)]
    for pair in scope["headers"]:
        if pair[0] not in NOT_FOR_TEMPLATES:
            lines.append(b"%b: %b\r\n" % pair)
    lines.append(b"x-request-id: %b\r\n" % current_request_id.get().encode())
    lines.append(b"x-forwarded-proto: %b\r\n" % scope["scheme"].encode("latin-1"))
    client = scope.get("client")
    if client:
        lines.append(b"x-forwarded-for: %b\r\n" % client[0].encode("latin-1"))
    return b"".join(lines)
