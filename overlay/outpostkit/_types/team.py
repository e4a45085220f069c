"""The classes of teams."""

from typing import TYPE_CHECKING

from outpost_api import models
from outpost_api.models import TeamStats

if TYPE_CHECKING:
    from outpost_api.models import TeamDetails
else:
    from outpostkit._compat.constructors import published

    TeamDetails = published(models.TeamDetails)

__all__ = ["TeamDetails", "TeamStats"]
