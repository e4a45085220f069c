"""The logger of transfers."""

import logging
from typing import TYPE_CHECKING

from outpostkit._published.names import old_names

if not TYPE_CHECKING:
    __getattr__ = old_names(__name__)

__all__ = ["create_lfs_logger"]


def create_lfs_logger(name: str) -> logging.Logger:
    """Return the logger ``name`` below ``outpostkit``. It writes nowhere by itself.

    No file is made and no level is set: both are up to the program. Addresses and headers of
    transfers are never logged.
    """
    return logging.getLogger(
        name if name.split(".")[0] == "outpostkit" else f"outpostkit.lfs.{name}"
    )
