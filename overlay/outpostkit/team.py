"""One team: its profile and followers."""

from typing import TYPE_CHECKING, List, Union

from outpost_api.types import UNSET, Unset
from outpostkit._published.warning import warn_once
from outpostkit._resources.accounts import TeamPlans
from outpostkit._resources.failures import was_deleted_before
from outpostkit.client import AsyncClient, Client
from outpostkit.exceptions import NotFoundError, OutpostError

if TYPE_CHECKING:
    from outpost_api.models import FollowEntity, TeamDetails, UserDetails
    from outpostkit._resources.avatar import Avatar
    from outpostkit._resources.raw import Answer, Awaited

__all__ = ["AsyncTeam", "Team"]

#: The status of a deletion, when the answer itself was lost.
DELETED = 204


class Team(TeamPlans):
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
        return self._client._read(plan, answer).value()

    def list_followers(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return the users and teams that follow the team.

        Args:
            include_is_following: also tell of each whether the token's user follows it;
                ``isFollowing`` is None without.

        Source: operation ``listTeamFollowers``.
        """
        return self._client.call(self._followers_plan(include_is_following))

    def list_following(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return the users and teams that the team follows; see :meth:`list_followers`.

        Source: operation ``listTeamFollowing``.
        """
        return self._client.call(self._following_plan(include_is_following))

    def upload_avatar(self, avatar_path: "Avatar") -> int:
        """Replace the team's picture, and return the status of the answer, 204.

        Args:
            avatar_path: a path, the bytes, or a file opened in binary mode: a PNG, JPEG, GIF or
                WebP of at most 5 MiB.

        Raises:
            ConfigurationError: it is not such a picture; nothing was sent.

        Source: operation ``uploadTeamAvatar``.
        """
        return self._client._answer(self._upload_avatar_plan(avatar_path)).status_code

    def delete_avatar(self) -> int:
        """Remove the team's picture, and return the status of the answer, 204.

        Source: operation ``deleteTeamAvatar``.
        """
        return self._client._answer(self._delete_avatar_plan()).status_code

    def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the team's profile, and return the status of the answer, 204.

        Args:
            website: address of a web site; None removes it, leaving it out keeps it.
            x: handle or address on X; as above.

        Raises:
            ConfigurationError: neither is given.

        Source: operation ``updateTeamSocials``.
        """
        return self._client._answer(self._update_socials_plan(website, x)).status_code

    def delete(self) -> int:
        """Delete the team with everything it owns, for good, and return the status, 204.

        Raises:
            NotFoundError: there was no such team.

        Source: operation ``deleteTeam``.
        """
        try:
            return self._client._answer(self._delete_plan()).status_code
        except NotFoundError as error:
            if not was_deleted_before(error):
                raise
            return DELETED

    def members(self) -> "List[UserDetails]":
        """Raise OutpostError: the API has no operation that lists the members of a team."""
        raise _no_members(self.name)


class AsyncTeam(TeamPlans):
    """One team, for ``async`` code; the methods of :class:`Team`, awaited.

    Attributes:
        name: its name.
    """

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

    async def list_followers(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return who follows the team; see :meth:`Team.list_followers`."""
        return await self._client.call(self._followers_plan(include_is_following))

    async def list_following(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return whom the team follows; see :meth:`Team.list_following`."""
        return await self._client.call(self._following_plan(include_is_following))

    async def upload_avatar(self, avatar_path: "Avatar") -> int:
        """Replace the team's picture; see :meth:`Team.upload_avatar`."""
        return (await self._client._answer(self._upload_avatar_plan(avatar_path))).status_code

    async def delete_avatar(self) -> int:
        """Remove the team's picture; see :meth:`Team.delete_avatar`."""
        return (await self._client._answer(self._delete_avatar_plan())).status_code

    async def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the team's profile; see :meth:`Team.update_socials`."""
        return (await self._client._answer(self._update_socials_plan(website, x))).status_code

    async def delete(self) -> int:
        """Delete the team for good; see :meth:`Team.delete`."""
        try:
            return (await self._client._answer(self._delete_plan())).status_code
        except NotFoundError as error:
            if not was_deleted_before(error):
                raise
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

    class RawTeam:
        delete = Answer(Team.delete)
        delete_avatar = Answer(Team.delete_avatar)
        get = Answer(Team.get)
        list_followers = Answer(Team.list_followers)
        list_following = Answer(Team.list_following)
        members = Answer(Team.members)
        update_socials = Answer(Team.update_socials)
        upload_avatar = Answer(Team.upload_avatar)

    class RawAsyncTeam:
        delete = Awaited(AsyncTeam.delete)
        delete_avatar = Awaited(AsyncTeam.delete_avatar)
        get = Awaited(AsyncTeam.get)
        list_followers = Awaited(AsyncTeam.list_followers)
        list_following = Awaited(AsyncTeam.list_following)
        members = Awaited(AsyncTeam.members)
        update_socials = Awaited(AsyncTeam.update_socials)
        upload_avatar = Awaited(AsyncTeam.upload_avatar)
