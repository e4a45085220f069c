"""Who may see and use an endpoint, and what earlier versions kept beside it."""

from typing import TYPE_CHECKING

from outpost_api.models.service_visibility import ServiceVisibility

if TYPE_CHECKING:
    from outpost_api.models import EndpointSecret as OutpostSecret
    from outpostkit._scaffold import SCAFFOLD as scaffolding_file
else:

    def __getattr__(name):
        if name.startswith("__"):  # asked for by every import
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from outpostkit._compat.names import lookup

        return lookup(__name__, name)


__all__ = ["OutpostSecret", "ServiceVisibility", "scaffolding_file"]
