"""The classes of users."""

from outpost_api.models import UserDetails, UserShortDetails, UserStats

__all__ = ["UserDetails", "UserShortDetails", "UserStats"]
