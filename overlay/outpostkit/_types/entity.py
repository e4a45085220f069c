"""The classes of what users and teams have in common."""

from typing import TYPE_CHECKING, Literal

from outpost_api.models import FollowEntity

if TYPE_CHECKING:
    from outpost_api.models import EndpointHardwareInstanceDetails as HardwareInstanceDetails
else:

    def __getattr__(name):
        if name.startswith("__"):  # asked for by every import
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from outpostkit._compat.names import lookup

        return lookup(__name__, name)


__all__ = ["ENTITY_TYPES", "FollowEntity", "HardwareInstanceDetails"]

#: What an entity can be.
ENTITY_TYPES = Literal["user", "team"]
