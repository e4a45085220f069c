"""Names that modules of 0.0.46 and 0.0.69 had; those that have better ones warn once."""

from importlib import import_module
from typing import Callable, Dict

from outpostkit._published.warning import warn_once

#: Spelling to where its value is.
HOMES: Dict[str, str] = {
    "outpostkit._types.endpoint.HardwareInstanceDetails": (
        "outpost_api.models:EndpointHardwareInstanceDetails"
    ),
    "outpostkit._types.entity.HardwareInstanceDetails": (
        "outpost_api.models:EndpointHardwareInstanceDetails"
    ),
    "outpostkit._types.finetuning.HardwareInstanceDetails": (
        "outpost_api.models:EndpointHardwareInstanceDetails"
    ),
    "outpostkit._utils.constants.OutpostSecret": "outpost_api.models:EndpointSecret",
    "outpostkit.client.OutpostError": "outpostkit.exceptions:OutpostError",
    "outpostkit.client.OutpostHTTPException": "outpostkit.exceptions:OutpostHTTPException",
    "outpostkit.client.RetryTransport": "outpostkit._published.retry_transport:RetryTransport",
    "outpostkit.client.UserDetails": "outpostkit._published.records:UserDetails",
    "outpostkit.client.V1_API_URL": "outpostkit.constants:V1_API_URL",
    "outpostkit.repository.lfs.client.FILE_READ_BUFFER_SIZE": (
        "outpostkit._published.files:FILE_READ_BUFFER_SIZE"
    ),
    "outpostkit.repository.lfs.logger.log_dir": "outpostkit._published.logger:LOG_FOLDER",
    "outpostkit.repository.lfs.logger.log_file_path": "outpostkit._published.logger:LOG_FILE",
    "outpostkit.repository.lfs.logger.outpost_folder": "outpostkit._published.logger:LOG_FOLDER",
    "outpostkit.resource.Resource": "outpostkit._published.resource:Resource",
    "outpostkit.team.FollowEntity": "outpost_api.models:FollowEntity",
    "outpostkit.team.TeamDetails": "outpostkit._published.records:TeamDetails",
    "outpostkit.team.UserDetails": "outpostkit._published.records:UserDetails",
    "outpostkit.user.FollowEntity": "outpost_api.models:FollowEntity",
    "outpostkit.user.TeamDetails": "outpostkit._published.records:TeamDetails",
    "outpostkit.user.UserDetails": "outpostkit._published.records:UserDetails",
}

#: Spelling to what a new program uses instead. What only stood in another module too has none.
BETTER = {
    "outpostkit._types.endpoint.HardwareInstanceDetails": (
        "outpostkit._types.endpoint.EndpointHardwareInstanceDetails"
    ),
    "outpostkit._types.entity.HardwareInstanceDetails": (
        "outpostkit._types.endpoint.EndpointHardwareInstanceDetails"
    ),
    "outpostkit._types.finetuning.HardwareInstanceDetails": (
        "outpostkit._types.endpoint.EndpointHardwareInstanceDetails"
    ),
    "outpostkit._utils.constants.OutpostSecret": "outpostkit.EndpointSecret",
    "outpostkit.client.RetryTransport": "Client(retry=RetryPolicy(...)), which knows deadlines",
}


def old_names(module: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a module, for the names that it had."""
    return lambda name: lookup(module, name)


def lookup(module: str, name: str) -> object:
    """Return what ``name`` was in a module, and warn once when there is a better one.

    Raises:
        AttributeError: the module never had it.
    """
    spelling = f"{module}.{name}"
    if spelling not in HOMES:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    if spelling in BETTER:
        warn_once(spelling, BETTER[spelling], stacklevel=4)
    there, _, attribute = HOMES[spelling].partition(":")
    value: object = getattr(import_module(there), attribute)
    return value
