# Generated from spec/outpost.yaml#/components/schemas/TeamRole by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TeamRole: What a member is in a team: an `owner` changes the team and its members."""

from typing import TYPE_CHECKING, Literal, Union

from outpost_api.model import OpenEnum


class TeamRole(OpenEnum):
    """What a member is in a team: an `owner` changes the team and its members. Open: clients accept
    values that are not listed.

    Values that this document does not know survive as they are.
    """

    owner = "owner"
    member = "member"


#: A member, or its text as it is.
if TYPE_CHECKING:
    TeamRoleLike = Union[TeamRole, Literal["owner", "member"]]
else:
    TeamRoleLike = TeamRole

__all__ = ["TeamRole", "TeamRoleLike"]
