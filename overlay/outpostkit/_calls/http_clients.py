"""The httpx clients behind ours, with a short way to their transport.

What ``httpx.Client.send`` does around a transport (authentication, redirects, event hooks, its own
log line with the whole query) is either not wanted here or not in use, and costs a third of a call.
A request therefore goes straight to the transport when that is ours and nothing else is asked for.
Importing this module imports httpx.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import httpx

#: Options of httpx's clients that make a transport what it is.
_TRANSPORT_OPTIONS = ("verify", "cert", "trust_env", "limits", "http1", "http2", "proxy")


class BlockingHttp(httpx.Client):
    """An httpx client that sends over our transport, unless the options need another."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.direct: Optional[httpx.BaseTransport] = None
        if options.get("transport") is None and options.get("mounts") is None:
            from outpostkit.transport import choose_transport

            transport = choose_transport(**of_transport(options))
            options = _with_transport(options, transport)
            self.direct = None if options.get("event_hooks") else transport
        super().__init__(**options)

    def deliver(self, request: httpx.Request) -> httpx.Response:
        """Send a request once, and return the answer with its body unread."""
        transport = self.direct
        if transport is None or request.url.userinfo:
            return self.send(request, stream=True)
        response = transport.handle_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return response


class AsyncHttp(httpx.AsyncClient):
    """An asynchronous httpx client, as :class:`BlockingHttp`."""

    def __init__(self, options: Dict[str, Any]) -> None:
        self.direct: Optional[httpx.AsyncBaseTransport] = None
        if options.get("transport") is None and options.get("mounts") is None:
            from outpostkit.transport import choose_async_transport

            transport = choose_async_transport(**of_transport(options))
            options = _with_transport(options, transport)
            self.direct = None if options.get("event_hooks") else transport
        super().__init__(**options)

    def keeps_time_for(self, request: httpx.Request) -> bool:
        """Tell whether the transport ends a request at its deadline, so that nobody else has to.

        A body that is made while it is sent may take its time wherever it comes from.
        """
        return self.direct is not None and isinstance(request.stream, httpx.ByteStream)

    async def deliver(self, request: httpx.Request) -> httpx.Response:
        """Send a request once, and return the answer with its body unread."""
        transport = self.direct
        if transport is None or request.url.userinfo:
            return await self.send(request, stream=True)
        response = await transport.handle_async_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        return response


def of_transport(options: Dict[str, Any]) -> Dict[str, Any]:
    """Return the options that choose a transport."""
    return {name: options[name] for name in _TRANSPORT_OPTIONS if name in options}


def _with_transport(options: Dict[str, Any], transport: object) -> Dict[str, Any]:
    if transport is None:
        return {**options, "transport": None}
    # It is for servers that need no proxy; httpx would look for proxies once more.
    return {**options, "transport": transport, "trust_env": False}
