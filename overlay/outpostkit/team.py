"""One team: its profile, its members and followers."""

from typing import TYPE_CHECKING, List

from outpost_api.later import later
from outpostkit._published.names import old_names
from outpostkit._published.warning import warn_once
from outpostkit._resources.accounts import TeamPlans
from outpostkit._resources.failures import deletion
from outpostkit._resources.public_profile import AsyncProfile, Profile
from outpostkit._resources.resource import Resource as Namespace  # noqa: F401 - as it was here
from outpostkit.client import AsyncClient, Client

if TYPE_CHECKING:
    from outpost_api import models
    from outpost_api.models import team_role
    from outpostkit._resources.public_profile import RawAsyncProfile, RawProfile
    from outpostkit._resources.raw import Answer, Awaited
else:
    team_role = later("outpost_api.models.team_role")
    models = later("outpost_api.models")

    __getattr__ = old_names(__name__)

__all__ = ["AsyncTeam", "Team"]

#: The status of a deletion, when the answer itself was lost.
DELETED = 204


class Team(TeamPlans, Profile):
    """One team. Making this object sends nothing.

    Attributes:
        name: its name.
    """

    if TYPE_CHECKING:
        with_raw_response: "RawTeam"

    def __init__(self, client: Client, name: str) -> None:
        """Address the team ``name``.

        Raises:
            ConfigurationError: ``name`` is not a name.
        """
        super().__init__(name)
        self._client = client

    def get(self) -> "models.TeamDetails":
        """Return the team.

        Raises:
            NotFoundError: there is no such team.

        Source: operation ``getTeam``.
        """
        return self._client.call(self._get_plan())

    async def async_get(self) -> "models.TeamDetails":
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

    def members(self) -> "List[models.TeamMember]":
        """Return who belongs to the team and as what, in the order of joining.

        Raises:
            PermissionDeniedError: the user is none of them.
            NotFoundError: there is no such team.

        Source: operation ``listTeamMembers``.
        """
        return self._client.call(self._members_plan())

    def put_member(self, user: str, role: "team_role.TeamRoleLike" = "member") -> int:
        """Let a user join the team, or change what a member is, and return the status, 204.

        Args:
            user: the user's name.
            role: ``"member"`` or ``"owner"``.

        Raises:
            PermissionDeniedError: the client's user does not own the team.
            NotFoundError: there is no such team or user.
            ConflictError: ``user`` is the only owner, and would not be one any more.

        Source: operation ``putTeamMember``.
        """
        return self._client._calls.answer(self._put_member_plan(user, role)).status_code

    def remove_member(self, user: str) -> int:
        """Take a user out of the team, or leave it, and return the status, 204.

        Raises:
            PermissionDeniedError: the client's user neither owns the team nor is ``user``.
            NotFoundError: ``user`` does not belong to the team.
            ConflictError: ``user`` is the only owner.

        Source: operation ``removeTeamMember``.
        """
        with deletion():
            return self._client._calls.answer(self._remove_member_plan(user)).status_code
        return DELETED


class AsyncTeam(TeamPlans, AsyncProfile):
    """One team, for ``async`` code; as :class:`Team`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncTeam"

    def __init__(self, client: AsyncClient, name: str) -> None:
        """Address the team ``name``; see :class:`Team`."""
        super().__init__(name)
        self._client = client

    async def get(self) -> "models.TeamDetails":
        """Return the team; see :meth:`Team.get`."""
        return await self._client.call(self._get_plan())

    async def async_get(self) -> "models.TeamDetails":
        """Return the team; an earlier name of :meth:`get`."""
        warn_once("AsyncTeam.async_get()", "AsyncTeam.get()")
        return await self.get()

    async def delete(self) -> int:
        """Delete the team for good; see :meth:`Team.delete`."""
        with deletion():
            return (await self._client._calls.answer(self._delete_plan())).status_code
        return DELETED

    async def members(self) -> "List[models.TeamMember]":
        """Return who belongs to the team and as what; see :meth:`Team.members`."""
        return await self._client.call(self._members_plan())

    async def put_member(self, user: str, role: "team_role.TeamRoleLike" = "member") -> int:
        """Let a user join the team, or change its role; see :meth:`Team.put_member`."""
        return (await self._client._calls.answer(self._put_member_plan(user, role))).status_code

    async def remove_member(self, user: str) -> int:
        """Take a user out of the team; see :meth:`Team.remove_member`."""
        with deletion():
            plan = self._remove_member_plan(user)
            return (await self._client._calls.answer(plan)).status_code
        return DELETED


if TYPE_CHECKING:

    class RawTeam(RawProfile):
        delete = Answer(Team.delete)
        get = Answer(Team.get)
        members = Answer(Team.members)
        put_member = Answer(Team.put_member)
        remove_member = Answer(Team.remove_member)

    class RawAsyncTeam(RawAsyncProfile):
        delete = Awaited(AsyncTeam.delete)
        get = Awaited(AsyncTeam.get)
        members = Awaited(AsyncTeam.members)
        put_member = Awaited(AsyncTeam.put_member)
        remove_member = Awaited(AsyncTeam.remove_member)
