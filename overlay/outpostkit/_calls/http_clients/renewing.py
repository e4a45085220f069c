"""Sending with a token that is asked for: when there is none, and once more after a 401.

Only clients whose token is a function send so. Their requests have a placeholder instead of the
token, and get it here, below what counts attempts: asking for another one is none.
"""

from __future__ import annotations

from typing import Any, Dict

import httpx

from outpostkit._calls.bodies import PlanStream, is_rereadable
from outpostkit._calls.http_clients.clients import (
    AsyncHttp,
    BlockingHttp,
    async_http,
    blocking_http,
)
from outpostkit._calls.settings.tokens import PLACEHOLDER, TokenSource
from outpostkit.exceptions import OutpostError


class TokenNotGiven(OutpostError):
    """What gives tokens has failed as a request would, and is not taken for one that did."""

    def __init__(self, of_caller: Exception) -> None:
        super().__init__(
            f"api_token: what it names ended in {type(of_caller).__name__}: {of_caller}"
        )
        #: What is raised in the end.
        self.of_caller = of_caller


def renewing_http(options: Dict[str, Any], source: TokenSource) -> BlockingHttp:
    """Return the httpx client of a :class:`outpostkit.Client` whose token is a function."""
    http = blocking_http(options)
    send = http.deliver

    def ask(used: int) -> int:
        try:
            return source.current(used)
        except (httpx.RequestError, TimeoutError) as error:
            raise TokenNotGiven(error) from error

    def deliver(request: httpx.Request) -> httpx.Response:
        if not _wants_token(request):
            return send(request)
        answer = source.answers or ask(0)
        before = _give(request, source)
        response = send(request)
        if response.status_code == 401 and _can_go_out_again(request):
            ask(answer)
            if _give(request, source) != before:
                response.close()
                return send(request)
        return response

    http.deliver = deliver  # type: ignore[method-assign]  # of this client, not of the class
    return http


def async_renewing_http(options: Dict[str, Any], source: TokenSource) -> AsyncHttp:
    """Return the httpx client of an :class:`outpostkit.AsyncClient` whose token is a function."""
    http = async_http(options)
    send = http.deliver

    async def ask(used: int) -> int:
        try:
            return await source.current_async(used)
        except (httpx.RequestError, TimeoutError) as error:
            raise TokenNotGiven(error) from error

    async def deliver(request: httpx.Request, *, is_direct: bool = False) -> httpx.Response:
        # Not told on: a tool may have been switched on while the token was waited for.
        if not _wants_token(request):
            return await send(request)
        answer = source.answers or await ask(0)
        before = _give(request, source)
        response = await send(request)
        if response.status_code == 401 and _can_go_out_again(request):
            await ask(answer)
            if _give(request, source) != before:
                await response.aclose()
                return await send(request)
        return response

    http.deliver = deliver  # type: ignore[method-assign]  # as above
    return http


def _wants_token(request: httpx.Request) -> bool:
    """Tell whether a request carries the token of the client; another attempt has one already."""
    return (
        "wants_token" in request.extensions
        or request.headers.get("Authorization") == f"Bearer {PLACEHOLDER}"
    )


def _give(request: httpx.Request, source: TokenSource) -> int:
    """Put the latest token into a request; return which of all it is, not what it says."""
    request.extensions["wants_token"] = True
    request.headers["Authorization"] = f"Bearer {source.texts()[-1]}"
    return source.number


def _can_go_out_again(request: httpx.Request) -> bool:
    """Tell whether the body of a request comes out the same a second time."""
    stream = request.stream
    if isinstance(stream, PlanStream):
        return stream.replayable
    if isinstance(stream, httpx.ByteStream):
        return True
    fields = getattr(stream, "fields", None)  # of a form that httpx writes
    return fields is not None and all(is_rereadable(getattr(each, "file", b"")) for each in fields)
