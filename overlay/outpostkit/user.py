"""The user that the token belongs to: profile, followers, teams."""

from typing import TYPE_CHECKING, List, Optional

from outpost_api.later import later
from outpostkit._published.names import old_names
from outpostkit._published.warning import warn_once
from outpostkit._resources.accounts import UserPlans
from outpostkit._resources.public_profile import AsyncProfile, Profile
from outpostkit._resources.resource import Resource as Namespace  # noqa: F401 - as it was here
from outpostkit.client import AsyncClient, Client

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources.public_profile import RawAsyncProfile, RawProfile
    from outpostkit._resources.raw import Answer, Awaited
else:
    models = later("outpost_api.models")

    __getattr__ = old_names(__name__)

__all__ = ["AsyncUser", "User"]


class User(UserPlans, Profile):
    """The user that the client's token belongs to. Making this object sends nothing."""

    if TYPE_CHECKING:
        with_raw_response: "RawUser"

    def __init__(self, client: Client) -> None:
        """Address the user of ``client``."""
        self._client = client

    def get(self) -> "models.UserDetails":
        """Return the user; the same as ``client.user``.

        Source: operation ``getUser``.
        """
        return self._client.call(self._get_plan())

    async def async_get(self) -> "models.UserDetails":
        """Return the user, in ``async`` code; an earlier name of :meth:`AsyncUser.get`."""
        warn_once("User.async_get()", "AsyncUser(client).get()")
        plan = self._get_plan()
        answer = await self._client._async_request(plan.method, plan.path)
        return self._client._calls.read(plan, answer).value()

    def list_third_party_tokens(self) -> "List[models.ThirdPartyToken]":
        """Return the user's keys of other services, without their secrets.

        The ``id`` of a Hugging Face key is the ``keyId`` that opens a gated model.

        Source: operation ``listThirdPartyTokens``.
        """
        return self._client.call(self._tokens_plan())

    def renew_token(self, *, expires_in: Optional[int] = None) -> "models.UserToken":
        """Return another token, which cannot be shown again; the client's own is refused then.

        This client goes on with its old token: make another one with ``.token`` of the answer.

        Args:
            expires_in: seconds until the new one ends, from 60 to 315360000; None for one that
                does not end by itself.

        Raises:
            ConflictError: the server has this token from a file, where it is renewed.
            UnprocessableEntityError: the token would end and is that of the server's own user, or
                ``expires_in`` is out of bounds.

        Source: operation ``renewUserToken``.
        """
        return self._client.call(self._renew_token_plan(expires_in))

    def follow(self, name: str) -> int:
        """Follow a user or team, and return the status of the answer, 204.

        Raises:
            NotFoundError: there is no user or team of that name.

        Source: operation ``follow``.
        """
        return self._client._calls.answer(self._follow_plan(name)).status_code

    def unfollow(self, name: str) -> int:
        """Follow a user or team no longer, and return the status of the answer, 204.

        Source: operation ``unfollow``.
        """
        return self._client._calls.answer(self._unfollow_plan(name)).status_code

    def is_following(self, name: str) -> bool:
        """Tell whether the user follows a user or team.

        Source: operation ``isFollowing``.
        """
        return self._client.call(self._is_following_plan(name))

    def teams(self) -> "List[models.TeamDetails]":
        """Return the teams that the user is a member of.

        Source: operation ``listUserTeams``.
        """
        return self._client.call(self._teams_plan())

    def delete(self) -> int:
        """Delete the user with everything they own, for good, and return the status, 204.

        Source: operation ``deleteUser``.
        """
        return self._client._calls.answer(self._delete_plan()).status_code


class AsyncUser(UserPlans, AsyncProfile):
    """The user that the token belongs to, for ``async`` code; as :class:`User`, awaited."""

    if TYPE_CHECKING:
        with_raw_response: "RawAsyncUser"

    def __init__(self, client: AsyncClient) -> None:
        """Address the user of ``client``."""
        self._client = client

    async def get(self) -> "models.UserDetails":
        """Return the user; the same as ``client.user()``."""
        return await self._client.call(self._get_plan())

    async def async_get(self) -> "models.UserDetails":
        """Return the user; an earlier name of :meth:`get`."""
        warn_once("AsyncUser.async_get()", "AsyncUser.get()")
        return await self.get()

    async def list_third_party_tokens(self) -> "List[models.ThirdPartyToken]":
        """Return the keys of other services; see :meth:`User.list_third_party_tokens`."""
        return await self._client.call(self._tokens_plan())

    async def renew_token(self, *, expires_in: Optional[int] = None) -> "models.UserToken":
        """Return another token, the only valid one; see :meth:`User.renew_token`."""
        return await self._client.call(self._renew_token_plan(expires_in))

    async def follow(self, name: str) -> int:
        """Follow a user or team; see :meth:`User.follow`."""
        return (await self._client._calls.answer(self._follow_plan(name))).status_code

    async def unfollow(self, name: str) -> int:
        """Follow a user or team no longer; see :meth:`User.unfollow`."""
        return (await self._client._calls.answer(self._unfollow_plan(name))).status_code

    async def is_following(self, name: str) -> bool:
        """Tell whether the user follows a user or team; see :meth:`User.is_following`."""
        return await self._client.call(self._is_following_plan(name))

    async def teams(self) -> "List[models.TeamDetails]":
        """Return the teams of the user; see :meth:`User.teams`."""
        return await self._client.call(self._teams_plan())

    async def delete(self) -> int:
        """Delete the user for good; see :meth:`User.delete`."""
        return (await self._client._calls.answer(self._delete_plan())).status_code


if TYPE_CHECKING:

    class RawUser(RawProfile):
        delete = Answer(User.delete)
        follow = Answer(User.follow)
        get = Answer(User.get)
        is_following = Answer(User.is_following)
        list_third_party_tokens = Answer(User.list_third_party_tokens)
        renew_token = Answer(User.renew_token)
        teams = Answer(User.teams)
        unfollow = Answer(User.unfollow)

    class RawAsyncUser(RawAsyncProfile):
        delete = Awaited(AsyncUser.delete)
        follow = Awaited(AsyncUser.follow)
        get = Awaited(AsyncUser.get)
        is_following = Awaited(AsyncUser.is_following)
        list_third_party_tokens = Awaited(AsyncUser.list_third_party_tokens)
        renew_token = Awaited(AsyncUser.renew_token)
        teams = Awaited(AsyncUser.teams)
        unfollow = Awaited(AsyncUser.unfollow)
