"""The prediction domain of every endpoint, below ``/domains/<slug>/``.

Everything but the health check takes a token of somebody who may see the endpoint, whatever its
visibility: predictions, the template's ``/docs`` and its ``/openapi.json``.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from outpost_server.keeping.store.store import Store
from outpost_server.keeping.tokens import bearer_token
from outpost_server.router.access_log import AccessLog, Exchange
from outpost_server.router.asgi import Receive, Scope, Send, header, send_problem
from outpost_server.router.disconnect import ClientGone, RequestBody
from outpost_server.router.forward import ReplicaLost, ReplicaUnreachable, forward
from outpost_server.rules.access import may_see
from outpost_server.rules.problem import Problem, not_found, unauthorized
from outpost_server.serving.endpoint import EndpointRuntime, NoReplica
from outpost_server.serving.fleet import Fleet
from outpost_server.serving.replica_set import LiveReplica

PREFIX = "/domains/"
HEALTHCHECK_PATH = "/healthcheck"
# Connecting fails only when a replica ended a moment ago: another one takes the request.
CONNECT_ATTEMPTS = 3
# For this long a token that was admitted to an endpoint is not looked up again.
ADMITTED_S = 1.0
# With so many admissions kept, those that are over are dropped.
MAX_ADMITTED = 1000
# What others call it in their logs when nobody was there to take the answer.
CLIENT_GONE = 499


class Router:
    """An ASGI application. A request is pending until the last byte of its answer is sent."""

    def __init__(self, fleet: Fleet, store: Store, access_log: AccessLog) -> None:
        self._fleet = fleet
        self._access_log = access_log
        self._store = store
        self._admitted: dict[tuple[str, str], float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, send)
        runtime = None
        try:
            runtime, path = self._target(scope)
            await self._serve(runtime, path, exchange, scope, receive)
        except Problem as problem:
            await _refuse(scope, exchange.send, problem)
        except NoReplica as none:
            refusal = Problem(503, none.message, none.code, retry_after_s=none.retry_after_s)
            await _refuse(scope, exchange.send, refusal)
        except ReplicaLost as lost:
            message = f"The replica ended while it handled the request: {lost}"
            await _refuse(scope, exchange.send, Problem(502, message, "replica_lost"))
        except ClientGone:
            exchange.status = CLIENT_GONE
        finally:
            if runtime is not None:
                self._note(runtime, exchange)

    async def _serve(
        self,
        runtime: EndpointRuntime,
        path: str,
        exchange: Exchange,
        scope: Scope,
        receive: Receive,
    ) -> None:
        if scope["type"] == "websocket":
            self._authenticate(runtime, scope)
            await self._converse(runtime, path, exchange, scope, receive)
        elif path == HEALTHCHECK_PATH:
            self._check_health(runtime)
            await self._forward_now(runtime, path, exchange, scope, receive)
        else:
            self._authenticate(runtime, scope)
            await self._predict(runtime, path, exchange, scope, receive)

    def _note(self, runtime: EndpointRuntime, exchange: Exchange) -> None:
        took_s = exchange.took_s
        runtime.stats.add(exchange.status, took_s)
        self._access_log.write(runtime.endpoint_id, exchange.line(took_s))

    def _target(self, scope: Scope) -> tuple[EndpointRuntime, str]:
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        slug, slash, rest = raw_path.decode("latin-1").removeprefix(PREFIX).partition("/")
        runtime = self._fleet.by_slug(slug)
        if runtime is None or runtime.is_deleting:
            raise not_found("There is no endpoint on this domain.")
        return runtime, slash + rest or "/"

    def _authenticate(self, runtime: EndpointRuntime, scope: Scope) -> None:
        token = bearer_token(header(scope, b"authorization"))
        if token is None:
            raise unauthorized(has_token=False)
        at = time.monotonic()
        admission = (token, runtime.endpoint_id)
        if self._admitted.get(admission, 0) > at:
            return
        user = self._store.users.by_token(token)
        if user is None:
            raise unauthorized(has_token=True)
        endpoint = self._store.endpoints.by_id(runtime.endpoint_id)
        if endpoint is None or not may_see(self._store.teams, user, endpoint):
            raise not_found("There is no endpoint on this domain.")
        if len(self._admitted) >= MAX_ADMITTED:
            self._admitted = {one: end for one, end in self._admitted.items() if end > at}
        self._admitted[admission] = at + ADMITTED_S

    def _check_health(self, runtime: EndpointRuntime) -> None:
        """A health check neither wakes an endpoint nor keeps it awake."""
        if runtime.serving is None or not runtime.serving.ready:
            message = f"No replica is ready; the endpoint is {runtime.status}."
            raise Problem(503, message, runtime.status, retry_after_s=1)

    async def _forward_now(
        self,
        runtime: EndpointRuntime,
        path: str,
        exchange: Exchange,
        scope: Scope,
        receive: Receive,
    ) -> None:
        async with RequestBody(receive) as body:
            live = await runtime.replica()
            exchange.replica_id = live.replica.replica_id
            try:
                await forward(live, path, scope, body, exchange.send)
            except ReplicaUnreachable as error:
                raise ReplicaLost(str(error)) from None

    async def _predict(
        self,
        runtime: EndpointRuntime,
        path: str,
        exchange: Exchange,
        scope: Scope,
        receive: Receive,
    ) -> None:
        async with RequestBody(receive) as body:
            await self._with_replica(
                runtime, exchange, lambda live: forward(live, path, scope, body, exchange.send)
            )

    async def _converse(
        self,
        runtime: EndpointRuntime,
        path: str,
        exchange: Exchange,
        scope: Scope,
        receive: Receive,
    ) -> None:
        # Only now: the library for them makes every start of the server a fifth slower.
        from outpost_server.router.websocket import HandshakeRefused, relay

        await receive()  # websocket.connect
        try:
            await self._with_replica(
                runtime, exchange, lambda live: relay(live, path, scope, receive, exchange.send)
            )
        except HandshakeRefused as refused:
            message = f"The template takes no WebSocket here: {refused}."
            raise Problem(refused.status, message, "no_websocket") from None

    async def _with_replica(
        self,
        runtime: EndpointRuntime,
        exchange: Exchange,
        use: Callable[[LiveReplica], Awaitable[None]],
    ) -> None:
        """Count one request as pending, from waiting for a replica to the end of the answer."""
        runtime.begin()
        reason = ""
        try:
            for _ in range(CONNECT_ATTEMPTS):
                live = await runtime.replica()
                exchange.replica_id = live.replica.replica_id
                live.begin()
                try:
                    return await use(live)
                except ReplicaUnreachable as error:
                    runtime.unreachable(live)
                    reason = str(error)
                finally:
                    live.end()
            raise NoReplica("replica_unreachable", reason, 1)
        finally:
            runtime.end()


async def _refuse(scope: Scope, send: Send, problem: Problem) -> None:
    if scope["type"] == "websocket":
        await send_problem(send, problem, kind="websocket.http.response")
    else:
        await send_problem(send, problem)
