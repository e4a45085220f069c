"""The prediction domain of every endpoint, below ``/domains/<slug>/``.

Everything but the health check takes a token of somebody who may see the endpoint, whatever its
visibility: predictions, all other routes of the template, its ``/docs`` and its ``/openapi.json``.
A browser that has no token and opens ``/docs`` is sent to the page that the dashboard makes of the
latter.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from outpost_server.keeping.store.store import Store
from outpost_server.router.admission import Admissions, no_endpoint
from outpost_server.router.answer import Answer, AnswerCutShort
from outpost_server.router.asgi import Receive, Scope, Send, header, send_problem
from outpost_server.router.cors import cors_headers, is_preflight
from outpost_server.router.disconnect import ClientGone, RequestBody
from outpost_server.router.executions import Executions, Name
from outpost_server.router.finished import FinishedRequest, Observer
from outpost_server.router.forward import NoAnswer, ReplicaLost, forward
from outpost_server.router.once import key_of, once
from outpost_server.rules.problem import Problem
from outpost_server.serving.connection_pool import NothingRead, ReplicaUnreachable
from outpost_server.serving.endpoint import EndpointRuntime, NoReplica
from outpost_server.serving.fleet import Fleet
from outpost_server.serving.replica_set import LiveReplica

_log = logging.getLogger("outpost.http")

PREFIX = "/domains/"
HEALTHCHECK_PATH = "/healthcheck"
# Connecting fails only when a replica ended a moment ago: another one takes the request.
CONNECT_ATTEMPTS = 3
# Its connections are closed a moment before its process is known to have ended.
ENDING_PATIENCE_S = 0.5
# What others call it in their logs when nobody was there to take the answer.
CLIENT_GONE = 499
# Of a WebSocket that has been accepted.
SWITCHED = 101
# RFC 6455: why it is closed (section 7.4.1), in at most 123 bytes (5.5).
POLICY_VIOLATION, MAX_REASON_CHARACTERS = 1008, 120
# Predictions have the same origin as the dashboard. Where a browser shows an answer as a page,
# this gives that page an origin of its own, so that its scripts can neither read the dashboard
# nor send anything with its cookie.
SANDBOX = (
    (
        b"content-security-policy",
        b"sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts",
    ),
)
DOCS_PATH = "/docs"
# The server's own page about an endpoint, for people who have signed in. What a template sends as
# such a page would have scripts of foreign servers, and could have some of its own.
DOCS_PAGE = "/dashboard/domains/{slug}/docs"


@dataclass
class RoutedRequest:
    """A request and the endpoint that it is for; ``path`` is the path within that one's domain."""

    scope: Scope
    receive: Receive
    answer: Answer
    runtime: EndpointRuntime
    path: str
    live: LiveReplica | None = None
    #: The id of the user whose token it has.
    caller: str = ""


class Router:
    """An ASGI application. A request is pending until the last byte of its answer is sent.

    Each of ``observers`` is told of every request that has found its endpoint, when it is over.
    """

    def __init__(self, fleet: Fleet, store: Store, observers: tuple[Observer, ...]) -> None:
        self._fleet = fleet
        self._admissions = Admissions(store)
        self._observers = observers
        self._executions = Executions()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began_at = time.perf_counter()
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        slug, slash, rest = raw_path.decode("latin-1").removeprefix(PREFIX).partition("/")
        runtime = self._fleet.by_slug(slug)
        origins = () if runtime is None else runtime.origins
        headers = SANDBOX + cors_headers(origins, scope) if scope["type"] == "http" else ()
        answer = Answer(scope, send, headers, decides_cors=bool(origins))
        if runtime is None or runtime.is_deleting:
            await _refuse(scope, answer, no_endpoint())
            return
        request = RoutedRequest(scope, receive, answer, runtime, slash + rest or "/")
        try:
            await answer.follow(self._serve(request))
        finally:
            self._tell(request, time.perf_counter() - began_at)

    def _tell(self, request: RoutedRequest, took_s: float) -> None:
        scope, answer = request.scope, request.answer
        finished = FinishedRequest(
            endpoint_id=request.runtime.endpoint_id,
            method=scope.get("method", "WEBSOCKET"),
            path=scope["path"],
            status=answer.status,
            took_s=took_s,
            replica_id="" if request.live is None else request.live.replica.replica_id,
            request_id=answer.request_id,
            is_answered=answer.is_begun and scope["type"] == "http",
            is_healthcheck=request.path == HEALTHCHECK_PATH,
        )
        request.runtime.stats.add(answer.status, took_s)
        for observer in self._observers:
            observer(finished)

    async def _serve(self, request: RoutedRequest) -> None:
        try:
            await self._answer(request)
        except ClientGone:
            request.answer.status = CLIENT_GONE
        except Problem as problem:
            await _refuse(request.scope, request.answer, problem)
        except AnswerCutShort:
            # Not here, where the client would wait for it.
            task = asyncio.create_task(_say_why_cut(request.live))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            raise
        except NoAnswer as error:
            message = f"The replica sent what is no answer of HTTP: {error}"
            await _refuse(request.scope, request.answer, Problem(502, message, "invalid_answer"))
        except ReplicaLost as lost:
            await _let_end(request.live)
            refusal = _lost(lost, _why_gone(request.live))
            await _refuse(request.scope, request.answer, refusal)

    async def _answer(self, request: RoutedRequest) -> None:
        if request.scope["type"] == "websocket":
            await self._admitted(request, self._converse)
        elif request.scope["method"] == "OPTIONS" and _is_preflight(request):
            await _send_empty(request, 204, ())
        elif request.path == HEALTHCHECK_PATH:
            await self._check_health(request)
        elif _is_for_people(request):
            await _lead_to(request, DOCS_PAGE)
        else:
            await self._admitted(request, self._predict)

    async def _admitted(
        self, request: RoutedRequest, work: Callable[[RoutedRequest], Awaitable[None]]
    ) -> None:
        scope, endpoint_id = request.scope, request.runtime.endpoint_id
        request.caller = self._admissions.require(scope, endpoint_id)
        await self._admissions.keep_asking(scope, endpoint_id, work(request))

    async def _check_health(self, request: RoutedRequest) -> None:
        """A health check neither wakes an endpoint nor keeps it awake."""
        runtime = request.runtime
        live = request.live = runtime.any_replica()
        if live is None:
            message = f"No replica is ready; the endpoint is {runtime.status}."
            raise Problem(503, message, runtime.status, retry_after_s=1)
        async with RequestBody(request.receive) as body:
            try:
                await forward(live, request.path, request.scope, body, request.answer.send)
            except ReplicaUnreachable as error:
                raise ReplicaLost(str(error)) from None

    async def _predict(self, request: RoutedRequest) -> None:
        scope, receive, send = request.scope, request.receive, request.answer.send

        async def execute(body: RequestBody, send: Send) -> None:
            await _with_replica(
                request, lambda live: forward(live, request.path, scope, body, send)
            )

        key = key_of(scope)
        if key is None:
            async with RequestBody(receive) as body:
                await execute(body, send)
        else:
            name = Name(request.caller, request.runtime.endpoint_id, key)
            await once(self._executions, name, scope, receive, send, execute)

    async def _converse(self, request: RoutedRequest) -> None:
        # Only now: the library for them makes every start of the server a fifth slower.
        from outpost_server.router.websocket import HandshakeRefused, relay

        scope, receive, send = request.scope, request.receive, request.answer.send
        await receive()  # websocket.connect
        try:
            await _with_replica(
                request, lambda live: relay(live, request.path, scope, receive, send)
            )
        except HandshakeRefused as refused:
            message = f"The template takes no WebSocket here: {refused}."
            raise Problem(refused.status, message, "no_websocket") from None


def _is_preflight(request: RoutedRequest) -> bool:
    return is_preflight(request.runtime.origins, request.scope)


def _is_for_people(request: RoutedRequest) -> bool:
    """Tell whether a browser asks for the docs: it shows pages, and sends no token by itself."""
    scope = request.scope
    return (
        request.path == DOCS_PATH
        and scope["method"] == "GET"
        and header(scope, b"authorization") is None
        and "text/html" in (header(scope, b"accept") or "")
    )


async def _lead_to(request: RoutedRequest, page: str) -> None:
    slug = request.scope["path"].removeprefix(PREFIX).removesuffix(DOCS_PATH)
    location = page.format(slug=quote(slug, safe="")).encode()
    headers = ((b"location", location), (b"content-length", b"0"), (b"cache-control", b"no-store"))
    await _send_empty(request, 303, headers)


async def _send_empty(
    request: RoutedRequest, status: int, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    await request.answer.send(
        {"type": "http.response.start", "status": status, "headers": list(headers)}
    )
    await request.answer.send({"type": "http.response.body"})


async def _with_replica(
    request: RoutedRequest, use: Callable[[LiveReplica], Awaitable[None]]
) -> None:
    """Count one request as pending, from waiting for a replica to the end of the answer."""
    runtime = request.runtime
    runtime.begin()
    reason = ""
    try:
        for _ in range(CONNECT_ATTEMPTS):
            live = request.live = await runtime.replica()
            try:
                return await use(live)
            except NothingRead as error:
                reason = str(error)
            except ReplicaUnreachable as error:
                runtime.unreachable(live)
                reason = str(error)
            finally:
                runtime.release(live)
            await _let_end(live)  # or the next attempt could get the same one
        raise NoReplica("replica_unreachable", reason, 1)
    finally:
        runtime.end()


def _lost(lost: ReplicaLost, why_gone: str) -> Problem:
    if lost.has_begun and not why_gone:
        message = (
            "The answer broke off before its end. The replica goes on; the runtime log of the "
            "endpoint has the reason."
        )
        return Problem(502, message, "answer_broken")
    told = f"{why_gone}. The event log of the endpoint has more." if why_gone else str(lost)
    return Problem(502, f"The replica ended while it handled the request: {told}", "replica_lost")


async def _let_end(live: LiveReplica | None) -> None:
    """Wait until it is known how a replica ended: who asks again at once gets another one."""
    if live is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING_PATIENCE_S):
                await live.gone.wait()


def _why_gone(live: LiveReplica | None) -> str:
    """Return why a replica has ended, "" where it has not or that is not known yet."""
    return "" if live is None else live.why_gone


async def _say_why_cut(live: LiveReplica | None) -> None:
    await _let_end(live)
    if why := _why_gone(live):
        _log.warning("the answer broke off: its replica ended within it: %s", why)
    else:
        _log.warning(
            "the answer broke off: its template raised within it, or closed the connection; the "
            "runtime log of the endpoint has the reason"
        )


async def _refuse(scope: Scope, answer: Answer, problem: Problem) -> None:
    if scope["type"] == "http":
        if answer.is_begun:
            raise AnswerCutShort
        await send_problem(answer.send, problem)
    elif answer.status == SWITCHED:
        reason = problem.message[:MAX_REASON_CHARACTERS]
        close = {"type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason}
        await answer.send(close)
    else:
        await send_problem(answer.send, problem, kind="websocket.http.response")
