"""What users and teams have in common: followers, a picture, and links."""

from typing import TYPE_CHECKING, List, Union

from outpost_api.later import later
from outpost_api.types import UNSET, Unset
from outpostkit._resources.accounts import AccountPlans

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit import client
    from outpostkit._resources import avatar
    from outpostkit._resources.raw import Answer, Awaited
else:
    models = later("outpost_api.models")
    avatar = later("outpostkit._resources.avatar")
    client = later("outpostkit.client")


class Profile(AccountPlans):
    """The public side of a user or a team."""

    _client: "client.Client"

    def list_followers(self, include_is_following: bool = False) -> "List[models.FollowEntity]":
        """Return the users and teams that follow this user or team.

        Args:
            include_is_following: also tell of each whether the token's user follows it;
                ``isFollowing`` is None without.

        Source: operations ``listUserFollowers`` and ``listTeamFollowers``.
        """
        return self._client.call(self._followers_plan(include_is_following))

    def list_following(self, include_is_following: bool = False) -> "List[models.FollowEntity]":
        """Return the users and teams that this user or team follows; see :meth:`list_followers`.

        Source: operations ``listUserFollowing`` and ``listTeamFollowing``.
        """
        return self._client.call(self._following_plan(include_is_following))

    def upload_avatar(self, avatar_path: "avatar.Avatar") -> int:
        """Replace the picture, and return the status of the answer, 204.

        Args:
            avatar_path: a path, the bytes, or a file opened in binary mode: a PNG, JPEG, GIF or
                WebP of at most 5 MiB.

        Raises:
            ConfigurationError: it is not such a picture; nothing was sent.

        Source: operations ``uploadUserAvatar`` and ``uploadTeamAvatar``.
        """
        return self._client._calls.answer(self._upload_avatar_plan(avatar_path)).status_code

    def delete_avatar(self) -> int:
        """Remove the picture, and return the status of the answer, 204.

        Source: operations ``deleteUserAvatar`` and ``deleteTeamAvatar``.
        """
        return self._client._calls.answer(self._delete_avatar_plan()).status_code

    def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the profile, and return the status of the answer, 204.

        Args:
            website: address of a web site; None removes it, leaving it out keeps it.
            x: handle or address on X; as above.

        Raises:
            ConfigurationError: neither is given.

        Source: operations ``updateUserSocials`` and ``updateTeamSocials``.
        """
        return self._client._calls.answer(self._update_socials_plan(website, x)).status_code


class AsyncProfile(AccountPlans):
    """The public side of a user or a team, for ``async`` code; as :class:`Profile`, awaited."""

    _client: "client.AsyncClient"

    async def list_followers(
        self, include_is_following: bool = False
    ) -> "List[models.FollowEntity]":
        """Return who follows this user or team; see :meth:`outpostkit.User.list_followers`."""
        return await self._client.call(self._followers_plan(include_is_following))

    async def list_following(
        self, include_is_following: bool = False
    ) -> "List[models.FollowEntity]":
        """Return whom it follows; see :meth:`outpostkit.User.list_following`."""
        return await self._client.call(self._following_plan(include_is_following))

    async def upload_avatar(self, avatar_path: "avatar.Avatar") -> int:
        """Replace the picture; see :meth:`outpostkit.User.upload_avatar`."""
        from outpostkit.transport._threads import abandonable

        plan = await abandonable(lambda: self._upload_avatar_plan(avatar_path))
        return (await self._client._calls.answer(plan)).status_code

    async def delete_avatar(self) -> int:
        """Remove the picture; see :meth:`outpostkit.User.delete_avatar`."""
        return (await self._client._calls.answer(self._delete_avatar_plan())).status_code

    async def update_socials(
        self, website: Union[Unset, str, None] = UNSET, x: Union[Unset, str, None] = UNSET
    ) -> int:
        """Change the links on the profile; see :meth:`outpostkit.User.update_socials`."""
        return (await self._client._calls.answer(self._update_socials_plan(website, x))).status_code


if TYPE_CHECKING:

    class RawProfile:
        delete_avatar = Answer(Profile.delete_avatar)
        list_followers = Answer(Profile.list_followers)
        list_following = Answer(Profile.list_following)
        update_socials = Answer(Profile.update_socials)
        upload_avatar = Answer(Profile.upload_avatar)

    class RawAsyncProfile:
        delete_avatar = Awaited(AsyncProfile.delete_avatar)
        list_followers = Awaited(AsyncProfile.list_followers)
        list_following = Awaited(AsyncProfile.list_following)
        update_socials = Awaited(AsyncProfile.update_socials)
        upload_avatar = Awaited(AsyncProfile.upload_avatar)
