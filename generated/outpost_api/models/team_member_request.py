# Generated from spec/outpost.yaml#/components/schemas/TeamMemberRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TeamMemberRequest: What a user is to be in a team."""

from attrs import define

from outpost_api.model import Model
from outpost_api.models.team_role import TeamRoleLike


@define
class TeamMemberRequest(Model):
    """What a user is to be in a team.

    Attributes:
        role: Owner or member.
    """

    role: TeamRoleLike


__all__ = ["TeamMemberRequest"]
