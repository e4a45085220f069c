"""The user that the token belongs to: profile, followers, teams."""

from typing import TYPE_CHECKING, List, Union

from outpost_api.types import UNSET, Unset
from outpostkit._published.warning import warn_once
from outpostkit._resources.accounts import UserPlans
from outpostkit.client import AsyncClient, Client

if TYPE_CHECKING:
    from outpost_api.models import FollowEntity, TeamDetails, ThirdPartyToken, UserDetails
    from outpostkit._resources.avatar import Avatar
    from outpostkit._resources.raw import Answer, Awaited

__all__ = ["AsyncUser", "User"]


class User(UserPlans):
    """The user that the client's token belongs to. Making this object sends nothing."""

    with_raw_response: "RawUser"

    def __init__(self, client: Client) -> None:
        """Address the user of ``client``."""
        self._client = client

    def get(self) -> "UserDetails":
        """Return the user; the same as ``client.user``.

        Source: operation ``getUser``.
        """
        return self._client.call(self._get_plan())

    async def async_get(self) -> "UserDetails":
        """Return the user, in ``async`` code; an earlier name of :meth:`AsyncUser.get`."""
        warn_once("User.async_get()", "AsyncUser(client).get()")
        plan = self._get_plan()
        answer = await self._client._async_request(plan.method, plan.path)
        return self._client._read(plan, answer).value()

    def list_third_party_tokens(self) -> "List[ThirdPartyToken]":
        """Return the user's keys of other services, without their secrets.

        The ``id`` of a Hugging Face key is the ``keyId`` that opens a gated model.

        Source: operation ``listThirdPartyTokens``.
        """
        return self._client.call(self._tokens_plan())

    def list_followers(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return the users and teams that follow the user.

        Args:
            include_is_following: also tell of each whether the user follows it; ``isFollowing`` is
                None without.

        Source: operation ``listUserFollowers``.
        """
        return self._client.call(self._followers_plan(include_is_following))

    def list_following(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return the users and teams that the user follows; see :meth:`list_followers`.

        Source: operation ``listUserFollowing``.
        """
        return self._client.call(self._following_plan(include_is_following))

    def follow(self, name: str) -> int:
        """Follow a user or team, and return the status of the answer, 204.

        Raises:
            NotFoundError: there is no user or team of that name.

        Source: operation ``follow``.
        """
        return self._client._answer(self._follow_plan(name)).status_code

    def unfollow(self, name: str) -> int:
        """Follow a user or team no longer, and return the status of the answer, 204.

        Source: operation ``unfollow``.
        """
        return self._client._answer(self._unfollow_plan(name)).status_code

    def is_following(self, name: str) -> bool:
        """Tell whether the user follows a user or team.

        Source: operation ``isFollowing``.
        """
        return self._client.call(self._is_following_plan(name))

    def teams(self) -> "List[TeamDetails]":
        """Return the teams that the user is a member of.

        Source: operation ``listUserTeams``.
        """
        return self._client.call(self._teams_plan())

    def upload_avatar(self, avatar_path: "Avatar") -> int:
        """Replace the user's picture, and return the status of the answer, 204.

        Args:
            avatar_path: a path, the bytes, or a file opened in binary mode: a PNG, JPEG, GIF or
                WebP of at most 5 MiB.

        Raises:
            ConfigurationError: it is not such a picture; nothing was sent.

        Source: operation ``uploadUserAvatar``.
        """
        return self._client._answer(self._upload_avatar_plan(avatar_path)).status_code

    def delete_avatar(self) -> int:
        """Remove the user's picture, and return the status of the answer, 204.

        Source: operation ``deleteUserAvatar``.
        """
        return self._client._answer(self._delete_avatar_plan()).status_code

    def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the user's profile, and return the status of the answer, 204.

        Args:
            website: address of a web site; None removes it, leaving it out keeps it.
            x: handle or address on X; as above.

        Raises:
            ConfigurationError: neither is given.

        Source: operation ``updateUserSocials``.
        """
        return self._client._answer(self._update_socials_plan(website, x)).status_code

    def delete(self) -> int:
        """Delete the user with everything they own, for good, and return the status, 204.

        Source: operation ``deleteUser``.
        """
        return self._client._answer(self._delete_plan()).status_code


class AsyncUser(UserPlans):
    """The user that the token belongs to, for ``async`` code; as :class:`User`, awaited."""

    with_raw_response: "RawAsyncUser"

    def __init__(self, client: AsyncClient) -> None:
        """Address the user of ``client``."""
        self._client = client

    async def get(self) -> "UserDetails":
        """Return the user; the same as ``client.user()``."""
        return await self._client.call(self._get_plan())

    async def async_get(self) -> "UserDetails":
        """Return the user; an earlier name of :meth:`get`."""
        warn_once("AsyncUser.async_get()", "AsyncUser.get()")
        return await self.get()

    async def list_third_party_tokens(self) -> "List[ThirdPartyToken]":
        """Return the keys of other services; see :meth:`User.list_third_party_tokens`."""
        return await self._client.call(self._tokens_plan())

    async def list_followers(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return who follows the user; see :meth:`User.list_followers`."""
        return await self._client.call(self._followers_plan(include_is_following))

    async def list_following(self, include_is_following: bool = False) -> "List[FollowEntity]":
        """Return whom the user follows; see :meth:`User.list_following`."""
        return await self._client.call(self._following_plan(include_is_following))

    async def follow(self, name: str) -> int:
        """Follow a user or team; see :meth:`User.follow`."""
        return (await self._client._answer(self._follow_plan(name))).status_code

    async def unfollow(self, name: str) -> int:
        """Follow a user or team no longer; see :meth:`User.unfollow`."""
        return (await self._client._answer(self._unfollow_plan(name))).status_code

    async def is_following(self, name: str) -> bool:
        """Tell whether the user follows a user or team; see :meth:`User.is_following`."""
        return await self._client.call(self._is_following_plan(name))

    async def teams(self) -> "List[TeamDetails]":
        """Return the teams of the user; see :meth:`User.teams`."""
        return await self._client.call(self._teams_plan())

    async def upload_avatar(self, avatar_path: "Avatar") -> int:
        """Replace the user's picture; see :meth:`User.upload_avatar`."""
        return (await self._client._answer(self._upload_avatar_plan(avatar_path))).status_code

    async def delete_avatar(self) -> int:
        """Remove the user's picture; see :meth:`User.delete_avatar`."""
        return (await self._client._answer(self._delete_avatar_plan())).status_code

    async def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the user's profile; see :meth:`User.update_socials`."""
        return (await self._client._answer(self._update_socials_plan(website, x))).status_code

    async def delete(self) -> int:
        """Delete the user for good; see :meth:`User.delete`."""
        return (await self._client._answer(self._delete_plan())).status_code


if TYPE_CHECKING:

    class RawUser:
        delete = Answer(User.delete)
        delete_avatar = Answer(User.delete_avatar)
        follow = Answer(User.follow)
        get = Answer(User.get)
        is_following = Answer(User.is_following)
        list_followers = Answer(User.list_followers)
        list_following = Answer(User.list_following)
        list_third_party_tokens = Answer(User.list_third_party_tokens)
        teams = Answer(User.teams)
        unfollow = Answer(User.unfollow)
        update_socials = Answer(User.update_socials)
        upload_avatar = Answer(User.upload_avatar)

    class RawAsyncUser:
        delete = Awaited(AsyncUser.delete)
        delete_avatar = Awaited(AsyncUser.delete_avatar)
        follow = Awaited(AsyncUser.follow)
        get = Awaited(AsyncUser.get)
        is_following = Awaited(AsyncUser.is_following)
        list_followers = Awaited(AsyncUser.list_followers)
        list_following = Awaited(AsyncUser.list_following)
        list_third_party_tokens = Awaited(AsyncUser.list_third_party_tokens)
        teams = Awaited(AsyncUser.teams)
        unfollow = Awaited(AsyncUser.unfollow)
        update_socials = Awaited(AsyncUser.update_socials)
        upload_avatar = Awaited(AsyncUser.upload_avatar)
