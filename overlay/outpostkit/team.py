"""One team: its profile and followers."""

from typing import TYPE_CHECKING, List

from outpostkit._published.warning import warn_once
from outpostkit._resources.accounts import TeamPlans
from outpostkit._resources.failures import deletion
from outpostkit._resources.public_profile import AsyncProfile, Profile
from outpostkit.client import AsyncClient, Client
from outpostkit.exceptions import OutpostError

if TYPE_CHECKING:
    from outpost_api.models import TeamDetails, UserDetails
    from outpostkit._resources.public_profile import RawAsyncProfile, RawProfile
    from outpostkit._resources.raw import Answer, Awaited

__all__ = ["AsyncTeam", "Team"]

#: The status of a deletion, when the answer itself was lost.
DELETED = 204


class Team(TeamPlans, Profile):
    """One team. Making this object sends nothing.

    Attributes:
        name: its name.
    """

    with_raw_response: "RawTeam"

    def __init__(self, client: Client, name: str) -> None:
        """Address the team ``name``.

        Raises:
            ConfigurationError: ``name`` is not a name.
        """
        super().__init__(name)
        self._client = client

    def get(self) -> "TeamDetails":
        """Return the team.

        Raises:
            NotFoundError: there is no such team.

        Source: operation ``getTeam``.
        """
        return self._client.call(self._get_plan())

    async def async_get(self) -> "TeamDetails":
        """Return the team, in ``async`` code; an earlier name of :meth:`AsyncTeam.get`."""
        warn_once("Team.async_get()", "AsyncTeam(client, name).get()")
        plan = self._get_plan()
        answer = await self._client._async_request(plan.method, plan.path)
        return self._client._calls.read(plan, answer).value()

    def delete(self) -> int:
        """Delete the team with everything it owns, for good, and return the status, 204.

        Raises:
            NotFoundError: there was no such team.

        Source: operation ``deleteTeam``.
        """
        with deletion():
            return self._client._calls.answer(self._delete_plan()).status_code
        return DELETED

    def members(self) -> "List[UserDetails]":
        """Raise OutpostError: the API has no operation that lists the members of a team."""
        raise _no_members(self.name)


class AsyncTeam(TeamPlans, AsyncProfile):
    """One team, for ``async`` code; as :class:`Team`, awaited."""

    with_raw_response: "RawAsyncTeam"

    def __init__(self, client: AsyncClient, name: str) -> None:
        """Address the team ``name``; see :class:`Team`."""
        super().__init__(name)
        self._client = client

    async def get(self) -> "TeamDetails":
        """Return the team; see :meth:`Team.get`."""
        return await self._client.call(self._get_plan())

    async def async_get(self) -> "TeamDetails":
        """Return the team; an earlier name of :meth:`get`."""
        warn_once("AsyncTeam.async_get()", "AsyncTeam.get()")
        return await self.get()

    async def delete(self) -> int:
        """Delete the team for good; see :meth:`Team.delete`."""
        with deletion():
            return (await self._client._calls.answer(self._delete_plan())).status_code
        return DELETED

    async def members(self) -> "List[UserDetails]":
        """Raise OutpostError; see :meth:`Team.members`."""
        raise _no_members(self.name)


def _no_members(name: str) -> OutpostError:
    return OutpostError(
        f"the members of team {name} cannot be listed: the API has no operation for that, and "
        "nothing was sent. Team.list_followers() lists who follows it; a member finds their own "
        "teams with User.teams(), and the members on https://outpost.run/."
    )


if TYPE_CHECKING:

    class RawTeam(RawProfile):
        delete = Answer(Team.delete)
        get = Answer(Team.get)
        members = Answer(Team.members)

    class RawAsyncTeam(RawAsyncProfile):
        delete = Awaited(AsyncTeam.delete)
        get = Awaited(AsyncTeam.get)
        members = Awaited(AsyncTeam.members)
