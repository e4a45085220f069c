"""Room on the disk that is kept for the time when there is no other: to remove something then."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MIB = 1024 * 1024
# SQLite needs room to forget rows, too: its log of changes has every page that is touched.
SIZES = (4 * MIB, 2 * MIB, MIB)
# Less than this is not enough to open a store.
MIN_FREE_BYTES = MIB


class Reserve:
    """A file that holds nothing but its room."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def release(self) -> bool:
        """Give the room back, and tell whether there was any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    def release_if_full(self) -> None:
        """Give the room back where what is left is not enough to open a store."""
        if self._path.exists() and shutil.disk_usage(self._path.parent).free < MIN_FREE_BYTES:
            self.release()

    def fill(self) -> None:
        """Take the room, unless it has been: at most half of what is free, or none at all."""
        if self._path.exists():
            return
        try:
            free = shutil.disk_usage(self._path.parent).free
            size = next((size for size in SIZES if 2 * size <= free), 0)
            if size:
                self._take(size)
        except OSError:
            # A quota, or others were faster.
            self.release()

    def _take(self, size: int) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(descriptor, 0, size)
            else:
                os.write(descriptor, bytes(size))
        finally:
            os.close(descriptor)
