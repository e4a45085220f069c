"""Names that modules of 0.0.46 and 0.0.69 had, and that have better ones: they warn once."""

from importlib import import_module
from typing import Callable, Dict

from outpostkit._published.warning import warn_once

#: Spelling to where its value is.
HOMES: Dict[str, str] = {
    "outpostkit._types.entity.HardwareInstanceDetails": (
        "outpost_api.models:EndpointHardwareInstanceDetails"
    ),
    "outpostkit._utils.constants.OutpostSecret": "outpost_api.models:EndpointSecret",
    "outpostkit.client.RetryTransport": "outpostkit._published.retry_transport:RetryTransport",
}

#: Spelling to what a new program uses instead.
BETTER = {
    "outpostkit._types.entity.HardwareInstanceDetails": (
        "outpostkit._types.endpoint.EndpointHardwareInstanceDetails"
    ),
    "outpostkit._utils.constants.OutpostSecret": "outpostkit.EndpointSecret",
    "outpostkit.client.RetryTransport": "Client(retry=RetryPolicy(...)), which knows deadlines",
}


def old_names(module: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a module, for the names that it had."""
    return lambda name: lookup(module, name)


def lookup(module: str, name: str) -> object:
    """Return what ``name`` was in a module, and warn once.

    Raises:
        AttributeError: the module never had it.
    """
    spelling = f"{module}.{name}"
    if spelling not in HOMES:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    warn_once(spelling, BETTER[spelling], stacklevel=4)
    there, _, attribute = HOMES[spelling].partition(":")
    value: object = getattr(import_module(there), attribute)
    return value
