"""The classes of what users and teams have in common."""

from outpost_api.models import FollowEntity

__all__ = ["FollowEntity"]
