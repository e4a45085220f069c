"""Who may use an endpoint: asked when a request comes, and again while its answer goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from outpost_server.keeping.store.store import Store
from outpost_server.keeping.tokens import bearer_token
from outpost_server.router.asgi import Scope, header
from outpost_server.router.subprotocols import offered_token
from outpost_server.rules.access import may_see, refusal
from outpost_server.rules.problem import Problem, not_found

# For this long a token that was admitted to an endpoint is not looked up again.
ADMITTED_S = 1.0
# With so many admissions kept, those that are over are dropped.
MAX_ADMITTED = 1000
# So often it is asked whether who has an answer or a WebSocket open still may.
RECHECK_S = 5.0


class Admissions:
    """Admits those who may see an endpoint, by the tokens of their requests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        #: Until when, and who it is.
        self._admitted: dict[tuple[str, str], tuple[float, str]] = {}
        self._held: dict[asyncio.Task[Any], Held] = {}
        self._timer: asyncio.TimerHandle | None = None

    def require(self, scope: Scope, endpoint_id: str) -> str:
        """Return the id of whose token a request has.

        Raises:
            Problem: 401, no token that holds; 404, its owner may not see the endpoint.
        """
        token = bearer_token(header(scope, b"authorization"))
        if token is None and scope["type"] == "websocket":
            token = offered_token(scope)
        if token is None:
            raise refusal(self._store.users, None)
        at = time.monotonic()
        admission = (token, endpoint_id)
        until, user_id = self._admitted.get(admission, (0.0, ""))
        if until > at:
            return user_id
        user = self._store.users.by_token(token)
        if user is None:
            raise refusal(self._store.users, token)
        endpoint = self._store.endpoints.by_id(endpoint_id)
        if endpoint is None or not may_see(self._store.teams, user, endpoint):
            raise no_endpoint()
        if len(self._admitted) >= MAX_ADMITTED:
            self._admitted = {one: kept for one, kept in self._admitted.items() if kept[0] > at}
        self._admitted[admission] = at + ADMITTED_S, user.id
        return user.id

    async def keep_asking(self, scope: Scope, endpoint_id: str, work: Awaitable[None]) -> None:
        """Wait for ``work``, and end it when :meth:`require` would not admit its request any more.

        Raises:
            Problem: it has been ended; see :meth:`require`.
        """
        task = asyncio.current_task()
        assert task is not None
        held = Held(scope, endpoint_id, task.cancelling())
        self._held[task] = held
        # One timer for all: most answers are over long before.
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(RECHECK_S, self._ask)
        try:
            await work
        except asyncio.CancelledError:
            if held.refused is None or task.uncancel() > held.cancelling:
                raise
            raise held.refused from None
        finally:
            del self._held[task]

    def _ask(self) -> None:
        for task, held in self._held.items():
            try:
                self.require(held.scope, held.endpoint_id)
            except Problem as problem:
                if held.refused is None:
                    held.refused = problem
                    task.cancel()
        self._timer = None
        if self._held:
            self._timer = asyncio.get_running_loop().call_later(RECHECK_S, self._ask)


@dataclass
class Held:
    """A request that is being answered. ``cancelling`` is what its task said when that began."""

    scope: Scope
    endpoint_id: str
    cancelling: int
    refused: Problem | None = None


def no_endpoint() -> Problem:
    return not_found("There is no endpoint on this domain.")
