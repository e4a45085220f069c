"""A door for programs written for 0.0.46 and 0.0.69: what users and teams have in common."""

from typing import TYPE_CHECKING

from outpost_api.models import FollowEntity
from outpostkit._published.names import old_names
from outpostkit._published.records import ENTITY_TYPES

if TYPE_CHECKING:
    from outpost_api.models import EndpointHardwareInstanceDetails as HardwareInstanceDetails
else:
    __getattr__ = old_names(__name__)

__all__ = ["ENTITY_TYPES", "FollowEntity", "HardwareInstanceDetails"]
