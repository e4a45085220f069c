"""A door for programs written for 0.0.46 and 0.0.69: who may see an endpoint, and more."""

from typing import TYPE_CHECKING

from outpost_api.models.service_visibility import ServiceVisibility
from outpostkit._published.names import old_names
from outpostkit.endpoints._scaffold import SCAFFOLD as scaffolding_file

if TYPE_CHECKING:
    from outpost_api.models import EndpointSecret as OutpostSecret
else:
    __getattr__ = old_names(__name__)

__all__ = ["OutpostSecret", "ServiceVisibility", "scaffolding_file"]
