"""A door to the local Outpost, which is :mod:`outpost_server`; nothing else is defined here.

    from outpostkit.local import LocalOutpost

    with LocalOutpost() as outpost:
        print(outpost.base_url, outpost.api_token)

Without the ``local`` extra it can be imported all the same, and says how to get it when it is used.
"""

from typing import TYPE_CHECKING, List  # pytest imports this on Python 3.8

if TYPE_CHECKING:
    from outpost_server import LocalOutpost, LocalOutpostError

__all__ = ["LocalOutpost", "LocalOutpostError"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import outpost_server

    return getattr(outpost_server, name)


def __dir__() -> List[str]:
    return sorted(__all__)
