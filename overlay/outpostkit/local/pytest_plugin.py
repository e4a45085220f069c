"""Door to :mod:`outpost_server.pytest_plugin`; nothing is defined here."""

from outpost_server.pytest_plugin import local_outpost

__all__ = ["local_outpost"]
