# Generated from spec/outpost.yaml#/components/schemas/FollowEntity by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FollowEntity: A user or team that follows or is followed."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.entity_type import EntityType


@define
class FollowEntity(Model):
    """A user or team that follows or is followed.

    Attributes:
        name: Handle. (at most 64 characters)
        id: Opaque identifier. (at most 64 characters)
        type: User or team.
        avatarUrl: Address of the picture. (at most 2048 characters)
        isFollowing: Whether the authenticated user follows it; null unless asked for.
    """

    name: str
    id: str
    type: EntityType
    avatarUrl: str
    isFollowing: Optional[bool]


__all__ = ["FollowEntity"]
