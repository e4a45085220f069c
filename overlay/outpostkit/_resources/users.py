"""The users of a server that somebody runs, for the server's own user."""

from typing import TYPE_CHECKING, List, Optional

from outpost_api.later import later
from outpostkit._resources.accounts import UsersPlans
from outpostkit._resources.failures import deletion
from outpostkit.client import AsyncClient, Client

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources.raw import Answer, Awaited
else:
    models = later("outpost_api.models")

__all__ = ["AsyncUsers", "Users"]

#: The status of a removal, when the answer itself was lost.
REMOVED = 204


class Users(UsersPlans):
    """The users of a server. Making this object sends nothing.

    Every method raises PermissionDeniedError when the client's user is not the server's own.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawUsers"

    def __init__(self, client: Client) -> None:
        """Address the users of the server of ``client``."""
        self._client = client

    def list(self) -> "List[models.UserAccount]":
        """Return all users, oldest first, and when the token of each ends.

        Source: operation ``listUsers``.
        """
        return self._client.call(self._list_plan())

    def add(self, name: str, *, expires_in: Optional[int] = None) -> "models.UserToken":
        """Add a user and return the user's token, which cannot be shown again.

        Args:
            name: what no other user or team is called, in upper or lower case.
            expires_in: seconds until the token ends, from 60 to 315360000; None for one that does
                not end by itself.

        Raises:
            ConfigurationError: ``name`` is not a name.
            ConflictError: the name is taken.

        Source: operation ``addUser``.
        """
        return self._client.call(self._add_plan(name, expires_in))

    def remove(self, name: str) -> int:
        """Remove a user who owns nothing, and return the status, 204.

        Raises:
            NotFoundError: there is no such user.
            ConflictError: the user owns endpoints, or teams alone; or is the server's own.

        Source: operation ``removeUser``.
        """
        with deletion():
            return self._client._calls.answer(self._remove_plan(name)).status_code
        return REMOVED

    def renew_token(self, name: str, *, expires_in: Optional[int] = None) -> "models.UserToken":
        """Return another token of a user; the one of before is refused from then on.

        Args:
            name: the user's name.
            expires_in: as for :meth:`add`.

        Raises:
            NotFoundError: there is no such user.
            ConflictError: it is the server's own user; see :meth:`User.renew_token`.

        Source: operation ``renewTokenOfUser``.
        """
        return self._client.call(self._renew_token_plan(name, expires_in))


class AsyncUsers(UsersPlans):
    """The users of a server, for ``async`` code; as :class:`Users`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncUsers"

    def __init__(self, client: AsyncClient) -> None:
        """Address the users of the server of ``client``."""
        self._client = client

    async def list(self) -> "List[models.UserAccount]":
        """Return all users; see :meth:`Users.list`."""
        return await self._client.call(self._list_plan())

    async def add(self, name: str, *, expires_in: Optional[int] = None) -> "models.UserToken":
        """Add a user and return its token; see :meth:`Users.add`."""
        return await self._client.call(self._add_plan(name, expires_in))

    async def remove(self, name: str) -> int:
        """Remove a user who owns nothing; see :meth:`Users.remove`."""
        with deletion():
            return (await self._client._calls.answer(self._remove_plan(name))).status_code
        return REMOVED

    async def renew_token(
        self, name: str, *, expires_in: Optional[int] = None
    ) -> "models.UserToken":
        """Return another token of a user; see :meth:`Users.renew_token`."""
        return await self._client.call(self._renew_token_plan(name, expires_in))


if TYPE_CHECKING:

    class RawUsers:
        add = Answer(Users.add)
        list = Answer(Users.list)
        remove = Answer(Users.remove)
        renew_token = Answer(Users.renew_token)

    class RawAsyncUsers:
        add = Awaited(AsyncUsers.add)
        list = Awaited(AsyncUsers.list)
        remove = Awaited(AsyncUsers.remove)
        renew_token = Awaited(AsyncUsers.renew_token)
