"""A door for programs written for 0.0.46 and 0.0.69: the classes of users."""

from outpost_api.models import UserShortDetails as UserShortDetails, UserStats as UserStats
from outpostkit._published.records import UserDetails as UserDetails
