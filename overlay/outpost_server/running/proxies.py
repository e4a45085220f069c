"""Proxies of the operator's own: what they say about their clients counts."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from outpost_server.router.asgi import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
SECURE = {"http": "https", "ws": "wss"}


class BehindProxies:
    """An ASGI application around another one.

    The address of a request from one of ``proxies``, which are addresses and networks, is the last
    one in ``X-Forwarded-For`` that is none of them. It is encrypted if ``X-Forwarded-Proto`` of the
    last one says ``https``.
    """

    def __init__(self, app: ASGIApp, proxies: Iterable[str]) -> None:
        self._app = app
        self._networks = [ip_network(proxy) for proxy in proxies]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope.get("client")
        if peer is not None and self._is_proxy(_address(peer[0])):
            scope["client"] = (self._client(scope, peer[0]), 0)
            if _said(scope, b"x-forwarded-proto")[-1:] == ["https"]:
                scope["scheme"] = SECURE.get(scope["scheme"], scope["scheme"])
        await self._app(scope, receive, send)

    def _client(self, scope: Scope, peer: str) -> str:
        """Return who is behind the proxy: what those before it have written is anybody's claim."""
        found = peer
        for said in reversed(_said(scope, b"x-forwarded-for")):
            address = _address(said)
            if address is None:
                break
            found = str(address)
            if not self._is_proxy(address):
                break
        return found

    def _is_proxy(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


def _said(scope: Scope, name: bytes) -> list[str]:
    """Return what a header lists, over all the lines that it has."""
    lines = [value.decode("latin-1") for found, value in scope["headers"] if found == name]
    return [one.strip() for line in lines for one in line.split(",")]


def _address(text: str) -> Address | None:
    """Return an address that may have a port, None when it is none."""
    host = text
    if text.startswith("["):
        host = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        host = text.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    # A server that listens on IPv6 sees addresses of IPv4 so.
    return getattr(address, "ipv4_mapped", None) or address
