"""One authenticated call of an operation, and what every handler may use."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from outpostkit.local.logbook import Logbook
from outpostkit.local.problem import invalid_query, not_found
from outpostkit.local.serving.endpoint import EndpointRuntime
from outpostkit.local.serving.fleet import Fleet
from outpostkit.local.settings import Settings
from outpostkit.local.store.records import Endpoint, User
from outpostkit.local.store.store import Store


@dataclass(frozen=True)
class Context:
    """The server's parts."""

    settings: Settings
    store: Store
    fleet: Fleet
    logbook: Logbook
    domain: str


@dataclass(frozen=True)
class Call:
    """A request whose token belongs to ``user``."""

    context: Context
    request: Request
    user: User

    @property
    def store(self) -> Store:
        return self.context.store

    def owner(self) -> User:
        """Return the account that the path names.

        Raises:
            Problem: 404 when there is none that the caller may see.
        """
        entity = self.request.path_params["entity"]
        if entity != self.user.name:
            raise not_found(f"There is no user or team {entity!r}.")
        return self.user

    def endpoint(self) -> Endpoint:
        """Return the endpoint that the path names.

        Raises:
            Problem: 404 when there is none.
        """
        owner = self.owner()
        name = self.request.path_params["name"]
        endpoint = self.store.endpoints.by_name(owner.id, name)
        if endpoint is None:
            raise not_found(f"There is no endpoint {owner.name}/{name}.")
        return endpoint

    def runtime(self, endpoint: Endpoint) -> EndpointRuntime:
        return self.context.fleet.runtime(endpoint.id)

    def query(self, name: str) -> str | None:
        """Return a query value; an empty one counts as absent, as the published clients send it."""
        return self.request.query_params.get(name) or None

    def number(self, name: str, default: int, *, minimum: int, maximum: int | None) -> int:
        """Return a query value as a whole number.

        Raises:
            Problem: 400, it is not one between ``minimum`` and ``maximum``.
        """
        text = self.query(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and len(text) < 19:
            number = int(text)
            if number >= minimum and (maximum is None or number <= maximum):
                return number
        bounds = f"of at least {minimum}" if maximum is None else f"from {minimum} to {maximum}"
        raise invalid_query(name, f"expected a whole number {bounds}")
