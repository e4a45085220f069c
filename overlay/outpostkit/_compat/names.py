"""Names that modules of 0.0.46 and 0.0.69 had, looked up when they are asked for."""

from importlib import import_module
from typing import Dict

from outpostkit._compat.warning import warn_once

#: Module to name to where its value is.
HOMES: Dict[str, Dict[str, str]] = {
    "outpostkit._types.entity": {
        "HardwareInstanceDetails": "outpost_api.models:EndpointHardwareInstanceDetails",
    },
    "outpostkit._utils.constants": {
        "OutpostSecret": "outpost_api.models:EndpointSecret",
        "scaffolding_file": "outpostkit._scaffold:SCAFFOLD",
    },
    "outpostkit.client": {
        "RetryTransport": "outpostkit._compat.retry_transport:RetryTransport",
    },
    "outpostkit.endpoints": {
        name: f"outpostkit._types.endpoint:{name}"
        for name in (
            "EndpointCreateResponse",
            "EndpointDeployResponse",
            "EndpointListResponse",
            "ListEndpointDeploymentsResponse",
        )
    },
}

#: What a new program uses instead.
BETTER = {
    "outpostkit._types.entity.HardwareInstanceDetails": (
        "outpostkit._types.endpoint.EndpointHardwareInstanceDetails"
    ),
    "outpostkit._utils.constants.OutpostSecret": "outpostkit.EndpointSecret",
    "outpostkit.client.RetryTransport": "Client(retry=RetryPolicy(...)), which knows deadlines",
}


def lookup(module: str, name: str) -> object:
    """Return what ``name`` was in a module; what has a better name warns once.

    Raises:
        AttributeError: the module never had it.
    """
    home = HOMES[module].get(name)
    if home is None:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    spelling = f"{module}.{name}"
    if spelling in BETTER:
        warn_once(spelling, BETTER[spelling], stacklevel=4)
    there, _, attribute = home.partition(":")
    value: object = getattr(import_module(there), attribute)
    return value
