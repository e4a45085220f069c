"""The classes of users."""

from typing import TYPE_CHECKING

from outpost_api import models
from outpost_api.models import UserShortDetails, UserStats

if TYPE_CHECKING:
    from outpost_api.models import UserDetails
else:
    from outpostkit._compat.constructors import published

    UserDetails = published(models.UserDetails)

__all__ = ["UserDetails", "UserShortDetails", "UserStats"]
