"""Calls with the settings of a client, over its connections: what its package uses of it.

A client has them as ``_calls``. What a call looks like is decided in the pure half; :class:`Calls`
and :class:`AsyncCalls` carry it out.
"""

from __future__ import annotations

import copy
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Coroutine,
    Dict,
    Generic,
    List,
    Mapping,
    Optional,
    Tuple,
    TypeVar,
)

from outpost_api.later import later
from outpostkit._calls.connections import Connections
from outpostkit._calls.settings import CallSettings, phases, same
from outpostkit.exceptions import exception_for_status
from outpostkit.profiles._values import origin
from outpostkit.retry import Subject, attempts

if TYPE_CHECKING:
    import httpx

    from outpost_api import request, response
    from outpostkit import retry
    from outpostkit._calls import building, exchange as exchanges, settings, streaming
    from outpostkit._calls.http_clients.clients import AsyncHttp, BlockingHttp
else:
    httpx = later("httpx")
    request = later("outpost_api.request")
    response = later("outpost_api.response")
    building = later("outpostkit._calls.building")
    exchanges = later("outpostkit._calls.exchange")
    settings = later("outpostkit._calls.settings")
    streaming = later("outpostkit._calls.streaming")
    retry = later("outpostkit.retry")

S = TypeVar("S")
E = TypeVar("E")
if TYPE_CHECKING:
    Self = TypeVar("Self", bound="PlannedCalls[Any]")
    H = TypeVar("H", BlockingHttp, AsyncHttp)
else:
    H = TypeVar("H")  # names as text would have to be compiled, which takes long


class PlannedCalls(Generic[H]):
    """How a call becomes an exchange, and an answer what a caller gets. Performs nothing."""

    def __init__(self, settings: CallSettings, connections: Connections[H]) -> None:
        self.settings = settings
        self.connections: Connections[H] = connections
        self._prepared: Optional[building.Prepared] = None
        self._answers: Optional[List[response.Response[Any, Any]]] = None

    def __copy__(self: Self) -> Self:
        return same(self)

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "_prepared": None, "_answers": None}

    def using(self: Self, settings: CallSettings) -> Self:
        """Return calls with other settings, over the same connections."""
        other = copy.copy(self)
        other.settings = settings
        if settings.extra_headers is not self.settings.extra_headers:
            other._prepared = None
        return other

    def derive(
        self: Self,
        *,
        retry: Optional[retry.RetryPolicy] = None,
        timeout: Optional[Dict[str, Optional[float]]] = None,
        secrets: Tuple[str, ...] = (),
    ) -> Self:
        """Return calls with other settings; see :meth:`CallSettings.derive`."""
        return self.using(self.settings.derive(retry=retry, timeout=timeout, secrets=secrets))

    def recording(self: Self, answers: List[response.Response[Any, Any]]) -> Self:
        """Return calls that also add every answer they read to a list."""
        other = copy.copy(self)
        other._answers = answers
        return other

    def with_extras(self: Self, headers: settings.ExtraHeaders, query: settings.ExtraQuery) -> Self:
        """Return calls with more headers and a longer query, where there are any."""
        if not headers and not query:
            return self
        return self.using(self.settings.with_options(headers=headers, query=query))

    def exchange_for_plan(self, plan: request.RequestPlan[S, E]) -> exchanges.Exchange:
        """Return the exchange of a plan of ``outpost_api``."""
        from outpostkit._calls.building import Prepared, exchange_for_plan

        http = self.connections.open()
        prepared = self._prepared
        if prepared is None or prepared.http is not http:
            prepared = self._prepared = Prepared(http, self.settings)
        return exchange_for_plan(self.settings, prepared, plan)

    def exchange_for_path(
        self, method: str, path: str, options: Dict[str, Any]
    ) -> exchanges.Exchange:
        """Return the exchange of any request below ``base_url``.

        The options are those of ``httpx.Client.build_request``.
        """
        timeout = options.pop("timeout", None)
        if options.get("headers"):
            from outpostkit._calls.settings.headers import checked_headers

            options["headers"] = checked_headers(options["headers"])
        base_url = self.settings.base_url
        is_whole = "://" in path.partition("?")[0]
        url = path if is_whole else f"{base_url}/{path.lstrip('/')}"
        request = self.connections.open().build_request(method, url, **options)
        calls = self if timeout is None else self.derive(timeout=phases(timeout))
        is_replayable = can_be_sent_again(request, options)
        if options.get("files"):
            from outpostkit._calls.bodies import read_beside_the_loop

            read_beside_the_loop(request, options["files"], is_at_hand=is_replayable)
        exchange = calls.exchange(request, is_replayable=is_replayable)
        # The token belongs to the API alone, not to whatever address a caller passes.
        # What httpx has made of it counts: that is where it goes.
        is_own = origin(str(request.url)) == origin(base_url)
        if is_own and "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {self.settings.api_token}"
        return exchange

    def exchange(
        self,
        request: httpx.Request,
        *,
        is_replayable: bool,
        is_refused_unexecuted: Optional[Callable[[httpx.Response], bool]] = None,
        decide: Optional[exchanges.Decide] = None,
    ) -> exchanges.Exchange:
        """Return the exchange of a request that no plan describes.

        It lacks the headers and the query of ``with_options``. ``decide`` makes the steps:
        :func:`outpostkit.retry.attempts` unless it is given; for the others see :class:`Exchange`.
        """
        from random import random  # takes long to import

        from outpostkit._calls.building import add_extras, is_idempotent
        from outpostkit._calls.exchange import Exchange

        settings = self.settings
        if settings.extra_headers or settings.extra_query:
            add_extras(settings, self.connections.open(), request)
        label = f"{request.method} {request.url.path}"
        subject = Subject(label, is_idempotent(request), is_replayable)
        return Exchange(
            request,
            steps=(decide or attempts)(subject, settings.retry, random),
            clock=settings.clock,
            subject=subject,
            policy=settings.retry,
            timeout=settings.timeout,
            secrets=settings.secrets,
            is_refused_unexecuted=is_refused_unexecuted,
            max_bytes=settings.max_response_bytes,
        )

    def read(
        self, plan: request.RequestPlan[S, E], response: httpx.Response
    ) -> response.Response[S, E]:
        """Return an answer as the types that the API documents.

        Raises:
            UnreadableResponseError: it is a success, and not what the API documents.
        """
        from outpost_api.errors import DecodeError
        from outpost_api.response import read_response

        try:
            read = read_response(plan, response, strict=self.settings.strict)
        except DecodeError as problem:
            from outpostkit._calls.answers import unreadable

            error = unreadable(problem, self.settings.secrets)
        else:
            if self._answers is not None:
                self._answers.append(read)
            return read
        raise error  # out here it has no context, in which the body would be as it came

    def with_fields(self, response: response.Response[S, E], kinds: Mapping[str, type]) -> S:
        """Return the parsed success, whose fields of these names are of these types.

        Raises:
            UnreadableResponseError: one of them is not, or missing.
        """
        parsed = response.value()
        for name, kind in kinds.items():
            if not isinstance(getattr(parsed, name, None), kind):
                from outpostkit._calls.answers import without_field

                raise without_field(response, name, kind, self.settings.secrets)
        return parsed

    @classmethod
    def successful(
        cls, response: response.Response[S, E], attempts: int
    ) -> response.Response[S, E]:
        """Return an answer that is a success; errors as :meth:`checked`."""
        if not response.is_success:
            of_what = {"operation_id": response.operation.id, "parsed": response.parsed}
            cls.checked(response.http_response, attempts, **of_what)
        return response

    @staticmethod
    def checked(response: httpx.Response, attempts: int, **of_what: Any) -> httpx.Response:
        """Return an answer that is a success.

        Raises:
            OutpostHTTPException: it is none; of the class for its status.
        """
        if response.is_success:
            return response
        from outpostkit._calls.answers import http_error

        kind = exception_for_status(response.status_code)
        raise http_error(kind, response, attempts=attempts, **of_what)

    def _opened(
        self,
        plan: request.RequestPlan[S, E],
        response: httpx.Response,
        exchange: exchanges.Exchange,
    ) -> streaming.OpenResponse:
        from outpostkit._calls.streaming import OpenResponse

        if not response.is_success:
            self.successful(self.read(plan, response), exchange.attempts)
        exchange.lift_deadline()
        return OpenResponse(response, exchange)


if TYPE_CHECKING:
    _BlockingCalls = PlannedCalls[BlockingHttp]
    _AsyncCalls = PlannedCalls[AsyncHttp]
else:
    _BlockingCalls = _AsyncCalls = PlannedCalls


class Calls(_BlockingCalls):
    """Calls that block."""

    def perform(self, exchange: exchanges.Exchange, *, is_streamed: bool = False) -> httpx.Response:
        """Carry out an exchange; the body of a success is left unread when ``is_streamed``."""
        from outpostkit._calls.performing import perform

        return perform(self.connections.open(), exchange, is_streamed=is_streamed)

    def send(self, plan: request.RequestPlan[S, E]) -> response.Response[S, E]:
        """Send a plan and return the answer, whatever its status."""
        return self.read(plan, self.perform(self.exchange_for_plan(plan)))

    def answer(self, plan: request.RequestPlan[S, E]) -> response.Response[S, E]:
        """Send a plan and return the answer, a success."""
        exchange = self.exchange_for_plan(plan)
        return self.successful(self.read(plan, self.perform(exchange)), exchange.attempts)

    def call(self, plan: request.RequestPlan[S, E]) -> S:
        """Send a plan and return its parsed success."""
        return self.answer(plan).value()

    def call_for(self, plan: request.RequestPlan[S, E], **kinds: type) -> S:
        """Send a plan and return its parsed success, which has what the caller goes on with.

        ``kinds`` are fields and their types: all else may be missing, as in :meth:`call`.
        """
        return self.with_fields(self.answer(plan), kinds)

    def open(self, plan: request.RequestPlan[S, E]) -> streaming.OpenResponse:
        """Send a plan and return its success, the body unread."""
        exchange = self.exchange_for_plan(plan)
        return self._opened(plan, self.perform(exchange, is_streamed=True), exchange)

    def request(self, method: str, path: str, options: Dict[str, Any]) -> httpx.Response:
        """Send any request and return the answer, a success."""
        exchange = self.exchange_for_path(method, path, options)
        return self.checked(self.perform(exchange), exchange.attempts)


class AsyncCalls(_AsyncCalls):
    """Calls that are awaited; see :class:`Calls`."""

    # Not a coroutine itself: each that waits for another costs all that pass through it.
    def perform(
        self, exchange: exchanges.Exchange, *, is_streamed: bool = False
    ) -> Coroutine[Any, Any, httpx.Response]:
        from outpostkit._calls.performing import perform_async

        return perform_async(self.connections.open(), exchange, is_streamed=is_streamed)

    async def send(self, plan: request.RequestPlan[S, E]) -> response.Response[S, E]:
        return self.read(plan, await self.perform(self.exchange_for_plan(plan)))

    async def answer(self, plan: request.RequestPlan[S, E]) -> response.Response[S, E]:
        exchange = self.exchange_for_plan(plan)
        return self.successful(self.read(plan, await self.perform(exchange)), exchange.attempts)

    async def call(self, plan: request.RequestPlan[S, E]) -> S:
        return (await self.answer(plan)).value()

    async def call_for(self, plan: request.RequestPlan[S, E], **kinds: type) -> S:
        return self.with_fields(await self.answer(plan), kinds)

    async def open(self, plan: request.RequestPlan[S, E]) -> streaming.OpenResponse:
        exchange = self.exchange_for_plan(plan)
        return self._opened(plan, await self.perform(exchange, is_streamed=True), exchange)

    async def request(self, method: str, path: str, options: Dict[str, Any]) -> httpx.Response:
        exchange = self.exchange_for_path(method, path, options)
        return self.checked(await self.perform(exchange), exchange.attempts)


def can_be_sent_again(request: httpx.Request, options: Dict[str, Any]) -> bool:
    """Tell whether the body of a request comes out the same a second time."""
    import httpx

    if isinstance(request.stream, httpx.ByteStream):
        return True
    files = options.get("files")
    if not files:
        return False
    from outpostkit._calls.bodies import contents, is_rereadable

    return all(map(is_rereadable, contents(files)))


class RawCalls:
    """``Client.call``, giving the answer, a success, as a whole; errors as there."""

    def __init__(self, calls: Calls) -> None:
        self.call = calls.answer


class AsyncRawCalls:
    """``AsyncClient.call``, giving the answer, a success, as a whole; errors as there."""

    def __init__(self, calls: AsyncCalls) -> None:
        self.call = calls.answer
