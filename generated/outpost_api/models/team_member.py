# Generated from spec/outpost.yaml#/components/schemas/TeamMember by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TeamMember: A user who belongs to a team."""

from attrs import define

from outpost_api.model import Model
from outpost_api.models.team_role import TeamRole


@define
class TeamMember(Model):
    """A user who belongs to a team.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        name: Handle. (at most 64 characters)
        avatarUrl: Address of the picture. (at most 2048 characters)
        role: What the user is there.
    """

    id: str
    name: str
    avatarUrl: str
    role: TeamRole


__all__ = ["TeamMember"]
