"""What the methods of users and teams ask. Performs nothing."""

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Union

from outpost_api.api import (
    teams as team_operations,
    user as user_operations,
    users as users_operations,
)
from outpost_api.types import UNSET, Unset
from outpostkit._resources.avatar import avatar_form
from outpostkit._resources.names import checked_name
from outpostkit._resources.resource import Resource
from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from outpost_api import models
    from outpost_api.models.team_role import TeamRoleLike
    from outpost_api.request import RequestPlan
    from outpostkit._resources.avatar import Avatar

    Link = Union[Unset, str, None]


class AccountPlans(Resource):
    """The requests that users and teams have in common."""

    def _plan_of(
        self, of_user: str, of_team: str
    ) -> "Callable[..., RequestPlan[Any, models.Error]]":
        """Return what makes the plan of one of two operations, whichever this account has."""
        raise NotImplementedError

    def _followers_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return self._plan_of("list_user_followers", "list_team_followers")(
            is_following=include_is_following
        )

    def _following_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return self._plan_of("list_user_following", "list_team_following")(
            is_following=include_is_following
        )

    def _upload_avatar_plan(self, avatar: "Avatar") -> "RequestPlan[None, models.Error]":
        return self._plan_of("upload_user_avatar", "upload_team_avatar")(body=avatar_form(avatar))

    def _delete_avatar_plan(self) -> "RequestPlan[None, models.Error]":
        return self._plan_of("delete_user_avatar", "delete_team_avatar")()

    def _update_socials_plan(self, website: "Link", x: "Link") -> "RequestPlan[None, models.Error]":
        return self._plan_of("update_user_socials", "update_team_socials")(
            body=_socials(website, x)
        )

    def _delete_plan(self) -> "RequestPlan[None, models.Error]":
        return self._plan_of("delete_user", "delete_team")()


class UserPlans(AccountPlans):
    """The requests about the user that the token belongs to."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _plan_of(
        self, of_user: str, of_team: str
    ) -> "Callable[..., RequestPlan[Any, models.Error]]":
        plan: Callable[..., RequestPlan[Any, models.Error]] = getattr(user_operations, of_user).plan
        return plan

    def _get_plan(self) -> "RequestPlan[models.UserDetails, models.Error]":
        return user_operations.get_user.plan()

    def _tokens_plan(self) -> "RequestPlan[List[models.ThirdPartyToken], models.Error]":
        return user_operations.list_third_party_tokens.plan()

    def _renew_token_plan(
        self, expires_in: Optional[int]
    ) -> "RequestPlan[models.UserToken, models.Error]":
        return user_operations.renew_user_token.plan(body=_token_request(expires_in))

    def _is_following_plan(self, name: str) -> "RequestPlan[bool, models.Error]":
        return user_operations.is_following.plan(checked_name(name, "name"))

    def _follow_plan(self, name: str) -> "RequestPlan[None, models.Error]":
        return user_operations.follow.plan(checked_name(name, "name"))

    def _unfollow_plan(self, name: str) -> "RequestPlan[None, models.Error]":
        return user_operations.unfollow.plan(checked_name(name, "name"))

    def _teams_plan(self) -> "RequestPlan[List[models.TeamDetails], models.Error]":
        return user_operations.list_user_teams.plan()


class TeamPlans(AccountPlans):
    """The name of a team and the requests about it."""

    def __init__(self, name: str) -> None:
        self.name = checked_name(name, "name")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _plan_of(
        self, of_user: str, of_team: str
    ) -> "Callable[..., RequestPlan[Any, models.Error]]":
        return partial(getattr(team_operations, of_team).plan, self.name)

    def _get_plan(self) -> "RequestPlan[models.TeamDetails, models.Error]":
        return team_operations.get_team.plan(self.name)

    def _members_plan(self) -> "RequestPlan[List[models.TeamMember], models.Error]":
        return team_operations.list_team_members.plan(self.name)

    def _put_member_plan(
        self, user: str, role: "TeamRoleLike"
    ) -> "RequestPlan[None, models.Error]":
        from outpost_api.models import TeamMemberRequest

        return team_operations.put_team_member.plan(
            self.name, checked_name(user, "user"), body=TeamMemberRequest(role)
        )

    def _remove_member_plan(self, user: str) -> "RequestPlan[None, models.Error]":
        return team_operations.remove_team_member.plan(self.name, checked_name(user, "user"))


class UsersPlans(Resource):
    """The requests about the users of a server."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _list_plan(self) -> "RequestPlan[List[models.UserAccount], models.Error]":
        return users_operations.list_users.plan()

    def _add_plan(
        self, name: str, expires_in: Optional[int]
    ) -> "RequestPlan[models.UserToken, models.Error]":
        from outpost_api.models import UserAddRequest

        body = UserAddRequest(checked_name(name, "name"), expiresIn=_given(expires_in))
        return users_operations.add_user.plan(body=body)

    def _remove_plan(self, name: str) -> "RequestPlan[None, models.Error]":
        return users_operations.remove_user.plan(checked_name(name, "name"))

    def _renew_token_plan(
        self, name: str, expires_in: Optional[int]
    ) -> "RequestPlan[models.UserToken, models.Error]":
        return users_operations.renew_token_of_user.plan(
            checked_name(name, "name"), body=_token_request(expires_in)
        )


def _token_request(expires_in: Optional[int]) -> "models.TokenRequest":
    from outpost_api.models import TokenRequest

    return TokenRequest(expiresIn=_given(expires_in))


def _given(seconds: Optional[int]) -> Union[Unset, int]:
    return UNSET if seconds is None else seconds


def _socials(website: "Link", x: "Link") -> "models.SocialsUpdateRequest":
    from outpost_api.models import SocialsUpdateRequest

    if website is UNSET and x is UNSET:
        raise ConfigurationError("nothing to change: give website, x or both")
    return SocialsUpdateRequest(website=website, x=x)
