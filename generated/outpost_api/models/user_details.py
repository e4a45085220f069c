# Generated from spec/outpost.yaml#/components/schemas/UserDetails by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""UserDetails: A user."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.user_stats import UserStats


@define
class UserDetails(Model):
    """A user.

    Attributes:
        id: Opaque identifier. (at most 64 characters)
        createdAt: When it was created, UTC.
        updatedAt: When it was last changed, UTC.
        stats: Numbers about the user.
        avatarUrl: Address of the picture. (at most 2048 characters)
        name: Handle; the `entity` in the paths of what the user owns. (at most 64 characters)
        bio: A few words about it. (at most 1000 characters)
        socials: Links, by kind: `website`, `x`.
        displayName: The name to show to people. (at most 200 characters)
    """

    id: str
    createdAt: str
    updatedAt: str
    stats: UserStats
    avatarUrl: str
    name: str
    bio: Optional[str]
    socials: Optional[Dict[str, str]]
    displayName: str


__all__ = ["UserDetails"]
