"""Carrying an exchange out, blocking or not: the two shells around what the others decide."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Optional, Union

import httpx

from outpostkit._calls.bodies import read_body, read_body_async
from outpostkit._calls.driving import drive, drive_async
from outpostkit._calls.exchange import Exchange, Value
from outpostkit._calls.redaction import forget_locals
from outpostkit.exceptions import ConfigurationError
from outpostkit.retry import Action, Outcome, Send

if TYPE_CHECKING:
    from typing import Any, Coroutine

    from outpostkit._calls.http_clients.clients import AsyncHttp, BlockingHttp
    from outpostkit._calls.tracing import CallSpan


def perform(http: BlockingHttp, exchange: Exchange, *, is_streamed: bool = False) -> httpx.Response:
    """Take the steps of an exchange with blocking input and output.

    The body of the answer is read, except of a success when ``is_streamed``.
    """
    span = _span(http, exchange)
    if span is None:
        return _perform(http, exchange, is_streamed)
    with span:
        return span.answered(_perform(http, exchange, is_streamed))


def perform_async(
    http: AsyncHttp, exchange: Exchange, *, is_streamed: bool = False
) -> Coroutine[Any, Any, httpx.Response]:
    """Take the steps of an exchange without blocking the event loop; see :func:`perform`."""
    span = _span(http, exchange)
    if span is None:
        return _perform_async(http, exchange, is_streamed)
    return _traced(span, _perform_async(http, exchange, is_streamed))


async def _traced(span: CallSpan, performed: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
    with span:
        return span.answered(await performed)


def _span(http: Union[BlockingHttp, AsyncHttp], exchange: Exchange) -> Optional[CallSpan]:
    if "opentelemetry.trace" not in sys.modules:
        return None
    from outpostkit._calls.tracing import begin_span

    return begin_span(http, exchange)


def _perform(http: BlockingHttp, exchange: Exchange, is_streamed: bool) -> httpx.Response:
    def take(action: Action) -> Optional[Outcome[Value]]:
        if not isinstance(action, Send):
            exchange.announce(action.event)
            exchange.clock.sleep(action.event.delay_s)
            return None
        exchange.begin(action)
        try:
            response = exchange.head = http.deliver(exchange.request)
            if not (is_streamed and exchange.is_final(response)):
                try:
                    exchange.watch(response)
                    read_body(response, exchange)
                finally:
                    if not response.is_closed:
                        response.close()
        except httpx.RequestError as error:
            return exchange.failed(error)
        return exchange.answered(response)

    try:
        return exchange.conclude(drive(exchange.steps, take))
    except BaseException as error:
        forget_locals(error)
        of_caller = getattr(error, "of_caller", None)  # see TokenNotGiven
        if of_caller is not None:
            raise of_caller from None
        raise


async def _perform_async(http: AsyncHttp, exchange: Exchange, is_streamed: bool) -> httpx.Response:
    async def take(action: Action) -> Optional[Outcome[Value]]:
        if not isinstance(action, Send):
            exchange.announce(action.event)
            await exchange.clock.sleep_async(action.event.delay_s)
            return None
        left = exchange.begin(action)
        try:
            if http.keeps_time_for(exchange.request):
                response = await _attempt(http, exchange, is_streamed, is_direct=True)
            else:
                response = await _attempt_elsewhere(http, exchange, is_streamed, left)
        except (httpx.RequestError, TimeoutError) as error:
            return exchange.failed(error)
        return exchange.answered(response)

    try:
        return exchange.conclude(await drive_async(exchange.steps, take))
    except BaseException as error:
        forget_locals(error)
        of_caller = getattr(error, "of_caller", None)  # see TokenNotGiven
        if of_caller is not None:
            raise of_caller from None
        raise


async def _attempt(
    http: AsyncHttp, exchange: Exchange, is_streamed: bool, *, is_direct: bool = False
) -> httpx.Response:
    response = exchange.head = await http.deliver(exchange.request, is_direct=is_direct)
    if is_streamed and exchange.is_final(response):
        return response
    try:
        await read_body_async(response, exchange)
    finally:
        if not response.is_closed:
            await response.aclose()
    return response


async def _attempt_elsewhere(
    http: AsyncHttp, exchange: Exchange, is_streamed: bool, left: Optional[float]
) -> httpx.Response:
    """Attempt it over a transport, or with a body, that does not look at the clock itself."""
    import anyio

    try:
        with anyio.fail_after(left):
            response = await _attempt(http, exchange, is_streamed)
        if not (response.is_closed or http.is_timed()):
            from outpostkit._calls.streaming import IdleLimited

            response.stream = IdleLimited(response.stream, exchange.timeout)
        return response
    except RuntimeError as error:
        if "event loop" not in str(error).lower():
            raise
        raise ConfigurationError(
            "this client has connections of another event loop, which its transport or proxy "
            "cannot share; make one AsyncClient for each event loop"
        ) from error
