"""The prediction domain of every endpoint, below ``/domains/<slug>/``."""

from __future__ import annotations

from urllib.parse import quote

from outpostkit.local.problem import Problem, not_found, unauthorized
from outpostkit.local.serving.endpoint import EndpointRuntime, NoReplica
from outpostkit.local.serving.fleet import Fleet
from outpostkit.local.store.store import Store
from outpostkit.local.tokens import bearer_token

from .asgi import Receive, Scope, Send, header, send_problem
from .disconnect import ClientGone, RequestBody
from .forward import ReplicaLost, ReplicaUnreachable, forward

PREFIX = "/domains/"
HEALTHCHECK_PATH = "/healthcheck"
# Connecting fails only when a replica ended a moment ago: another one takes the request.
CONNECT_ATTEMPTS = 3


class Router:
    """An ASGI application. A request is pending until the last byte of its answer is sent."""

    def __init__(self, fleet: Fleet, store: Store) -> None:
        self._fleet = fleet
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            runtime, path = self._target(scope)
            if path == HEALTHCHECK_PATH:
                self._check_health(runtime)
                await self._forward_now(runtime, path, scope, receive, send)
            else:
                self._authenticate(scope)
                await self._predict(runtime, path, scope, receive, send)
        except Problem as problem:
            await send_problem(send, problem)
        except NoReplica as none:
            refusal = Problem(503, none.message, none.code, retry_after_s=none.retry_after_s)
            await send_problem(send, refusal)
        except ReplicaLost as lost:
            message = f"The replica ended while it handled the request: {lost}"
            await send_problem(send, Problem(502, message, "replica_lost"))
        except ClientGone:
            pass

    def _target(self, scope: Scope) -> tuple[EndpointRuntime, str]:
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
        slug, slash, rest = raw_path.decode("latin-1").removeprefix(PREFIX).partition("/")
        runtime = self._fleet.by_slug(slug)
        if runtime is None or runtime.is_deleting:
            raise not_found("There is no endpoint on this domain.")
        return runtime, slash + rest or "/"

    def _authenticate(self, scope: Scope) -> None:
        token = bearer_token(header(scope, b"authorization"))
        if token is None or self._store.users.by_token(token) is None:
            raise unauthorized(has_token=token is not None)

    def _check_health(self, runtime: EndpointRuntime) -> None:
        """A health check neither wakes an endpoint nor keeps it awake."""
        if runtime.serving is None or not runtime.serving.ready:
            message = f"No replica is ready; the endpoint is {runtime.status}."
            raise Problem(503, message, runtime.status, retry_after_s=1)

    async def _forward_now(
        self, runtime: EndpointRuntime, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        body = RequestBody(receive)
        async with body:
            live = await runtime.replica()
            try:
                await forward(live, path, scope, body, send)
            except ReplicaUnreachable as error:
                raise ReplicaLost(str(error)) from None

    async def _predict(
        self, runtime: EndpointRuntime, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        runtime.begin()
        try:
            async with RequestBody(receive) as body:
                for _ in range(CONNECT_ATTEMPTS):
                    live = await runtime.replica()
                    live.begin()
                    try:
                        return await forward(live, path, scope, body, send)
                    except ReplicaUnreachable as error:
                        runtime.unreachable(live)
                        reason = str(error)
                    finally:
                        live.end()
                raise NoReplica("replica_unreachable", reason, 1)
        finally:
            runtime.end()
