"""Passing one request to one replica and its answer back, both as streams."""

from __future__ import annotations

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from outpostkit.local.serving.replica_set import LiveReplica

from .asgi import Scope, Send
from .disconnect import ClientGone, RequestBody

# Headers about one connection, not about the request (RFC 9110, section 7.6.1). "expect" has been
# answered by the time the body is read.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# The Outpost token is for Outpost, not for the code of the template.
NOT_FOR_TEMPLATES = HOP_BY_HOP | {b"authorization"}


class ReplicaUnreachable(Exception):
    """No connection to the replica: it has not seen the request."""


class ReplicaLost(Exception):
    """The replica ended before its answer began; it may have seen the request."""


class AnswerCutShort(Exception):
    """The replica ended within its answer, so the client's connection must not end properly."""


async def forward(
    live: LiveReplica, path: str, scope: Scope, body: RequestBody, send: Send
) -> None:
    """Send the request to ``live`` and its answer to the client.

    Raises:
        ReplicaUnreachable: nothing was sent, so another replica can take the request.
        ReplicaLost: the replica ended before its answer began.
        AnswerCutShort: the replica ended within its answer.
        ClientGone: the client went away.
    """
    query = scope["query_string"].decode("latin-1")
    url = URL(f"http://replica{path}{'?' if query else ''}{query}", encoded=True)
    started = False
    try:
        async with live.session.request(
            scope["method"],
            url,
            headers=_request_headers(scope),
            data=body.content(),
            allow_redirects=False,
        ) as response:
            headers = [
                (name, value)
                for name, value in response.raw_headers
                if name.lower() not in HOP_BY_HOP
            ]
            started = True
            await send(
                {"type": "http.response.start", "status": response.status, "headers": headers}
            )
            async for chunk in response.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
    except aiohttp.ClientConnectorError as error:
        if not body.can_be_sent_again:
            raise ReplicaLost(str(error)) from None
        raise ReplicaUnreachable(str(error)) from None
    except (aiohttp.ClientError, OSError) as error:
        if isinstance(error.__cause__, ClientGone):
            raise ClientGone from None
        if started:
            raise AnswerCutShort(str(error)) from None
        raise ReplicaLost(f"{type(error).__name__}: {error}") from None


def _request_headers(scope: Scope) -> CIMultiDict[str]:
    headers: CIMultiDict[str] = CIMultiDict()
    for name, value in scope["headers"]:
        if name not in NOT_FOR_TEMPLATES:
            headers.add(name.decode("latin-1"), value.decode("latin-1"))
    headers.add("x-forwarded-proto", scope["scheme"])
    if scope.get("client"):
        headers.add("x-forwarded-for", scope["client"][0])
    return headers
