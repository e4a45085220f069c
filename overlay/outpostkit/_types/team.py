"""The classes of teams."""

from outpost_api.models import TeamDetails, TeamStats

__all__ = ["TeamDetails", "TeamStats"]
