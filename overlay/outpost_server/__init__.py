"""The local Outpost: the same HTTP interface as the cloud, served for real on this machine.

    from outpost_server import LocalOutpost

    with LocalOutpost() as outpost:
        print(outpost.base_url, outpost.api_token)

It needs Python 3.11 and the packages of ``pip install "outpostkit[local]"``; without them every
name of this package raises :class:`ImportError` saying so. Importing the bare package stays free,
because pytest loads :mod:`outpost_server.pytest_plugin` in every project that has outpostkit
installed.
"""

from typing import TYPE_CHECKING, List  # noqa: UP035  # pytest imports this on Python 3.8

if TYPE_CHECKING:
    from outpost_server.running.embedded import LocalOutpost
    from outpost_server.running.server_process import LocalOutpostError

__all__ = ["LocalOutpost", "LocalOutpostError"]

_HOMES = {
    "LocalOutpost": "outpost_server.running.embedded",
    "LocalOutpostError": "outpost_server.running.server_process",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    from outpost_server.running.requirements import require_local_extra

    require_local_extra()
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> List[str]:
    return sorted(__all__)
