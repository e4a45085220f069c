# Generated from spec/outpost.yaml#/components/schemas/TeamDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TeamDetails: A team."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.team_stats import TeamStats


@define
class TeamDetails(Model):
    """A team.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        createdAt: When it was created, UTC.
        updatedAt: When it was last changed, UTC.
        stats: Numbers about the team.
        avatarUrl: Address of the picture. (at most 2048 characters)
        name: Handle; the `entity` in the paths of what the team owns. (at most 64 characters)
        bio: A few words about it. (at most 1000 characters)
        socials: Links, by kind: `website`, `x`.
        displayName: The name to show to people. (at most 200 characters)
    """

    id: str
    createdAt: str
    updatedAt: str
    stats: TeamStats
    avatarUrl: str
    name: str
    bio: Optional[str]
    socials: Optional[Dict[str, str]]
    displayName: str


__all__ = ["TeamDetails"]
