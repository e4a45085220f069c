"""Endpoints: :class:`Endpoints` lists those of a user or team, :class:`Endpoint` is one of them.

Both have twins for ``async`` code.
"""

import sys
from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpost_api.models import (
        EndpointCreateResponse as EndpointCreateResponse,
        EndpointDeployResponse as EndpointDeployResponse,
    )
    from outpostkit._published.records import (
        EndpointListResponse as EndpointListResponse,
        ListEndpointDeploymentsResponse as ListEndpointDeploymentsResponse,
    )
    from outpostkit.endpoints._async import AsyncEndpoint as AsyncEndpoint
    from outpostkit.endpoints._blocking import Endpoint as Endpoint
    from outpostkit.endpoints._collection import (
        AsyncEndpoints as AsyncEndpoints,
        Endpoints as Endpoints,
    )
    from outpostkit.endpoints._scaffold import scaffold as scaffold

_HOMES = {
    "AsyncEndpoint": "outpostkit.endpoints._async",
    "AsyncEndpoints": "outpostkit.endpoints._collection",
    "Endpoint": "outpostkit.endpoints._blocking",
    "EndpointCreateResponse": "outpost_api.models",
    "EndpointDeployResponse": "outpost_api.models",
    "EndpointListResponse": "outpostkit._published.records",
    "Endpoints": "outpostkit.endpoints._collection",
    "ListEndpointDeploymentsResponse": "outpostkit._published.records",
    "scaffold": "outpostkit.endpoints._scaffold",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)

if "IPython" in sys.modules:
    from outpostkit.endpoints._notebook import register

    register()
