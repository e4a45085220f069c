"""One authenticated call of an operation, and what every handler may use."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.requests import Request

from outpost_server.control_plane.bodies import MAX_JSON_BYTES, decode, read_body, require_json
from outpost_server.keeping.data_folder import DataFolder
from outpost_server.keeping.log_pages import LogPages
from outpost_server.keeping.store.records import Account, Endpoint
from outpost_server.keeping.store.store import Store
from outpost_server.keeping.tokens import bearer_token
from outpost_server.rules.access import belongs_to, may_change, may_see, refusal
from outpost_server.rules.problem import forbidden, invalid_query, not_found
from outpost_server.rules.settings import ServerSettings
from outpost_server.serving.endpoint import EndpointRuntime
from outpost_server.serving.fleet import Fleet

T = TypeVar("T")

HOST_PATTERN = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Context:
    """The server's parts."""

    settings: ServerSettings
    folder: DataFolder
    store: Store
    fleet: Fleet
    log_pages: LogPages
    domain: str


@dataclass(frozen=True)
class Call:
    """A request whose token belongs to ``user``.

    A body may take minutes to come, and what is asked for may be forbidden meanwhile. So a handler
    asks for a right by :meth:`require`, or one of the methods that do, before it reads the body:
    all that it has asked for is asked for again afterwards.
    """

    context: Context
    request: Request
    user: Account
    _rights: list[Callable[[], object]] = field(default_factory=list, repr=False, compare=False)

    def require(self, right: Callable[[], T]) -> T:
        """Return what ``right`` does; what it raises refuses the call, now and after the body."""
        self._rights.append(right)
        return right()

    def require_still(self) -> None:
        """Ask again for what has been asked for, after a wait and before anything is changed.

        Raises:
            Problem: 401, the token is not valid any more; or what the rights raise.
        """
        token = bearer_token(self.request.headers.get("authorization"))
        user = None if token is None else self.store.users.by_token(token)
        if user is None or user.id != self.user.id:
            raise refusal(self.store.users, token)
        for right in self._rights:
            right()

    async def body(self, max_bytes: int, *, status: int = 400) -> bytes:
        """Return the body of one who may still do what it asks for.

        Raises:
            Problem: see :func:`read_body` and :meth:`require_still`.
        """
        body = await read_body(self.request, max_bytes, status=status)
        self.require_still()
        return body

    async def json(self, form: type[T]) -> T:
        """Return a small JSON body as ``form``; see :meth:`body` and :func:`decode`."""
        require_json(self.request)
        return decode(await self.body(MAX_JSON_BYTES), form)

    @property
    def domain(self) -> str:
        """Address and port of the server, as the caller can reach it."""
        own = self.context.domain
        if not self.context.settings.is_any_address:
            return own
        # The server does not know by which of its addresses others reach it; the caller does.
        host = self.request.headers.get("host", "")
        return host if HOST_PATTERN.fullmatch(host) else own

    @property
    def store(self) -> Store:
        return self.context.store

    def account(self, name: str) -> Account:
        """Return the user or team of that name.

        Raises:
            Problem: 404 when there is none.
        """
        found = self.store.accounts.by_name(name)
        if found is None:
            raise not_found(f"There is no user or team {name!r}.")
        return found

    def user_named(self, name: str) -> Account:
        """Return the user of that name; 404 when there is none."""
        found = self.store.accounts.by_name(name)
        if found is None or found.type != "user":
            raise not_found(f"There is no user {name!r}.")
        return found

    def entity(self) -> Account:
        """Return the user or team that the path names; 404 when there is none."""
        return self.account(self.request.path_params["entity"])

    def own_entity(self) -> Account:
        """Return the entity of the path if the caller may create something in its name.

        Raises:
            Problem: 404 when there is none, 403 when the caller may not.
        """
        return self.require(self._own_entity)

    def _own_entity(self) -> Account:
        owner = self.entity()
        if not belongs_to(self.store.teams, self.user, owner.id):
            raise forbidden(f"You may not create endpoints of {owner.name}.")
        return owner

    def endpoint(self) -> Endpoint:
        """Return the endpoint that the path names.

        Raises:
            Problem: 404 when there is none that the caller may see.
        """
        owner = self.entity()
        name = self.request.path_params["name"]
        endpoint = self.store.endpoints.by_name(owner.id, name)
        if endpoint is None or not may_see(self.store.teams, self.user, endpoint):
            raise not_found(f"There is no endpoint {owner.name}/{name}.")
        return endpoint

    def own_endpoint(self, to: str) -> Endpoint:
        """Return the endpoint that the path names if the caller may change it.

        Raises:
            Problem: 404 when there is none that the caller may see, 403 when it may be seen only;
                the message says that the caller may not ``to`` it.
        """
        endpoint_id = self.endpoint().id
        # Not by its name: another endpoint may have it by the time that the body is there.
        return self.require(lambda: self._changeable(endpoint_id, to))

    def _changeable(self, endpoint_id: str, to: str) -> Endpoint:
        endpoint = self.store.endpoints.by_id(endpoint_id)
        if endpoint is None or not may_see(self.store.teams, self.user, endpoint):
            raise not_found("The endpoint has been deleted, or you may not see it any more.")
        if not may_change(self.store.teams, self.user, endpoint):
            raise forbidden(f"Only its owners may {to}.")
        return endpoint

    def runtime(self, endpoint: Endpoint) -> EndpointRuntime:
        """Return an endpoint at work. The endpoint has been read without a wait since then."""
        fleet = self.context.fleet
        # Where another call is creating it, it is in the store and not at work yet.
        return fleet.by_id(endpoint.id) or fleet.add(endpoint)

    def status(self, endpoint: Endpoint) -> str:
        """Return the status of an endpoint that has been read without a wait since then.

        A first deployment serves a moment before it is written down. Until then it goes on:
        whoever is told that the endpoint is healthy finds its current deployment.
        """
        runtime = self.runtime(endpoint)
        status = runtime.status
        if endpoint.current_deployment_id is None and runtime.rollouts and status != "deleting":
            return "deploying"
        return status

    def query(self, name: str) -> str | None:
        """Return a query value; an empty one counts as absent, as the published clients send it."""
        return self.request.query_params.get(name) or None

    def text(self, name: str, *, longest: int) -> str | None:
        """Return a query value of at most ``longest`` characters.

        Raises:
            Problem: 400, it is longer.
        """
        text = self.query(name)
        if text is not None and len(text) > longest:
            raise invalid_query(name, f"expected at most {longest} characters")
        return text

    def flag(self, name: str) -> bool:
        """Return a query value as true or false; absent is false.

        Raises:
            Problem: 400, it is neither.
        """
        text = self.query(name)
        if text not in (None, "true", "false"):
            raise invalid_query(name, "expected true or false")
        return text == "true"

    def number(self, name: str, default: int, *, minimum: int, maximum: int) -> int:
        """Return a query value as a whole number.

        Raises:
            Problem: 400, it is not one between ``minimum`` and ``maximum``.
        """
        text = self.query(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and len(text) < 19:
            number = int(text)
            if minimum <= number <= maximum:
                return number
        raise invalid_query(name, f"expected a whole number from {minimum} to {maximum}")
