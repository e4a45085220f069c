"""What the methods of users and teams ask. Performs nothing."""

from typing import TYPE_CHECKING, List, Union

from outpost_api.api import teams as team_operations
from outpost_api.api import user as user_operations
from outpost_api.types import UNSET, Unset
from outpostkit._resources.avatar import avatar_form
from outpostkit._resources.names import checked_name
from outpostkit._resources.resource import Resource
from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from outpost_api import models
    from outpost_api.request import RequestPlan
    from outpostkit._resources.avatar import Avatar

    Link = Union[Unset, str, None]


class AccountPlans(Resource):
    """The requests that users and teams have in common."""

    if TYPE_CHECKING:

        def _followers_plan(
            self, include_is_following: bool
        ) -> "RequestPlan[List[models.FollowEntity], models.Error]": ...
        def _following_plan(
            self, include_is_following: bool
        ) -> "RequestPlan[List[models.FollowEntity], models.Error]": ...
        def _upload_avatar_plan(self, avatar: "Avatar") -> "RequestPlan[None, models.Error]": ...
        def _delete_avatar_plan(self) -> "RequestPlan[None, models.Error]": ...
        def _update_socials_plan(
            self, website: "Link", x: "Link"
        ) -> "RequestPlan[None, models.Error]": ...


class UserPlans(AccountPlans):
    """The requests about the user that the token belongs to."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def _get_plan(self) -> "RequestPlan[models.UserDetails, models.Error]":
        return user_operations.get_user.plan()

    def _tokens_plan(self) -> "RequestPlan[List[models.ThirdPartyToken], models.Error]":
        return user_operations.list_third_party_tokens.plan()

    def _followers_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return user_operations.list_user_followers.plan(is_following=include_is_following)

    def _following_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return user_operations.list_user_following.plan(is_following=include_is_following)

    def _is_following_plan(self, name: str) -> "RequestPlan[bool, models.Error]":
        return user_operations.is_following.plan(checked_name(name, "name"))

    def _follow_plan(self, name: str) -> "RequestPlan[None, models.Error]":
        return user_operations.follow.plan(checked_name(name, "name"))

    def _unfollow_plan(self, name: str) -> "RequestPlan[None, models.Error]":
        return user_operations.unfollow.plan(checked_name(name, "name"))

    def _teams_plan(self) -> "RequestPlan[List[models.TeamDetails], models.Error]":
        return user_operations.list_user_teams.plan()

    def _upload_avatar_plan(self, avatar: "Avatar") -> "RequestPlan[None, models.Error]":
        return user_operations.upload_user_avatar.plan(body=avatar_form(avatar))

    def _delete_avatar_plan(self) -> "RequestPlan[None, models.Error]":
        return user_operations.delete_user_avatar.plan()

    def _update_socials_plan(self, website: "Link", x: "Link") -> "RequestPlan[None, models.Error]":
        return user_operations.update_user_socials.plan(body=_socials(website, x))

    def _delete_plan(self) -> "RequestPlan[None, models.Error]":
        return user_operations.delete_user.plan()


class TeamPlans(AccountPlans):
    """The name of a team and the requests about it."""

    def __init__(self, name: str) -> None:
        self.name = checked_name(name, "name")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"

    def _get_plan(self) -> "RequestPlan[models.TeamDetails, models.Error]":
        return team_operations.get_team.plan(self.name)

    def _followers_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return team_operations.list_team_followers.plan(
            self.name, is_following=include_is_following
        )

    def _following_plan(
        self, include_is_following: bool
    ) -> "RequestPlan[List[models.FollowEntity], models.Error]":
        return team_operations.list_team_following.plan(
            self.name, is_following=include_is_following
        )

    def _upload_avatar_plan(self, avatar: "Avatar") -> "RequestPlan[None, models.Error]":
        return team_operations.upload_team_avatar.plan(self.name, body=avatar_form(avatar))

    def _delete_avatar_plan(self) -> "RequestPlan[None, models.Error]":
        return team_operations.delete_team_avatar.plan(self.name)

    def _update_socials_plan(self, website: "Link", x: "Link") -> "RequestPlan[None, models.Error]":
        return team_operations.update_team_socials.plan(self.name, body=_socials(website, x))

    def _delete_plan(self) -> "RequestPlan[None, models.Error]":
        return team_operations.delete_team.plan(self.name)


def _socials(website: "Link", x: "Link") -> "models.SocialsUpdateRequest":
    from outpost_api.models import SocialsUpdateRequest

    if website is UNSET and x is UNSET:
        raise ConfigurationError("nothing to change: give website, x or both")
    return SocialsUpdateRequest(website=website, x=x)
