"""The logger of transfers."""

import logging

__all__ = ["create_lfs_logger"]


def create_lfs_logger(name: str) -> logging.Logger:
    """Return the logger ``name`` below ``outpostkit``. It writes nowhere by itself.

    No file is made and no level is set: both are up to the program. Addresses and headers of
    transfers are never logged.
    """
    return logging.getLogger(
        name if name.split(".")[0] == "outpostkit" else f"outpostkit.lfs.{name}"
    )
