"""A door for programs written for 0.0.46 and 0.0.69: the classes of teams."""

from outpost_api.models import TeamStats as TeamStats
from outpostkit._published.records import TeamDetails as TeamDetails
