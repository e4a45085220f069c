"""A door for programs written for 0.0.46 and 0.0.69: the base classes of resources."""

from typing import TYPE_CHECKING

from outpostkit._published.names import old_names
from outpostkit._resources.resource import Resource as Namespace
from outpostkit.client import Client

if TYPE_CHECKING:
    from outpostkit._published.resource import Resource
else:
    __getattr__ = old_names(__name__)

__all__ = ["Client", "Namespace", "Resource"]
