"""What a user or team owns, all of one kind: whose it is, known or still to be asked."""

from functools import cached_property
from typing import Optional

from outpostkit._resources.names import checked_name
from outpostkit._resources.resource import Resource
from outpostkit.client import AsyncClient, Client
from outpostkit.exceptions import ConfigurationError


class OwnedPlans(Resource):
    """All things of one kind that an entity owns.

    Attributes:
        entity: the user or team. When none was given it is the user that the token belongs to,
            whose name the server is asked for once, with the first method that needs it.
    """

    @cached_property
    def entity(self) -> str:
        """The user or team."""
        raise NotImplementedError  # who can ask says how

    def _take_entity(self, entity: Optional[str]) -> None:
        if entity is not None:
            self.entity = checked_name(entity, "entity")

    def __repr__(self) -> str:
        known = self.__dict__.get("entity")
        return f"{type(self).__name__}({'' if known is None else repr(known)})"


class Owned(OwnedPlans):
    """The same for code that blocks."""

    _client: Client

    def __init__(self, client: Client, entity: Optional[str] = None) -> None:
        self._client = client
        self._take_entity(entity)

    @cached_property
    def entity(self) -> str:
        """The user or team; asks the server for the token's user when none was given."""
        return self._client._own_name()


class AsyncOwned(OwnedPlans):
    """The same for ``async`` code, where an attribute cannot ask."""

    _client: AsyncClient

    def __init__(self, client: AsyncClient, entity: Optional[str] = None) -> None:
        self._client = client
        self._take_entity(entity)

    @cached_property
    def entity(self) -> str:
        """The user or team, known from the first awaited method on when none was given."""
        known = self._client._account.get("name")
        if known is None:
            raise ConfigurationError(
                f"{type(self).__name__}: the token's user is known after the first awaited method; "
                "(await client.user()).name tells it before"
            )
        return known

    async def _know_entity(self) -> None:
        if "entity" not in self.__dict__:
            self.entity = await self._client._own_name()
