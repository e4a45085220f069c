"""Room for another model: what was used longest ago goes, but for what deployments use."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from outpost_server.keeping.models import KeptModels
from outpost_server.models.cache import Cache
from outpost_server.models.model import ModelRefused
from outpost_server.models.progress import megabytes

# Left free on the disk, which others write to as well.
SPARE_BYTES = 64 * 1024 * 1024


class Room:
    """Bounds what this server keeps in a cache to ``max_bytes``.

    It removes only what it has fetched itself: a cache that HF_HOME names has other users.
    """

    def __init__(self, kept: KeptModels, cache: Cache, max_bytes: float) -> None:
        self._kept = kept
        self._cache = cache
        self._max_bytes = max_bytes
        self.order = asyncio.Lock()

    async def make(self, needed: int) -> None:
        """Have room for ``needed`` bytes more, within the bound and on the disk.

        Raises:
            ModelRefused: there is not enough, whatever is removed.
        """
        folder = self._cache.folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelRefused(f"The cache of models cannot be made: {error}.") from None
        in_use = self._kept.folders_in_use()
        ours = self._kept.ours(str(folder))
        taken = sum(one.bytes for one in ours)
        for one in ours:
            if taken + needed <= self._max_bytes and needed <= _free(folder):
                return
            if str(self._cache.snapshot(one.name, one.revision)) in in_use:
                continue
            await asyncio.to_thread(self._cache.remove, one.name, one.revision)
            await self._kept.remove(one)
            taken -= one.bytes
        free = _free(folder)
        if needed > free:
            raise ModelRefused(
                f"The model needs {megabytes(needed)} MB more on the disk of {folder}, which has "
                f"{megabytes(max(0, free))} MB to spare: make room, or let HF_HOME name a folder "
                "on another disk."
            )
        if taken + needed > self._max_bytes:
            raise ModelRefused(
                f"The cache of models may take {megabytes(self._max_bytes)} MB. The model needs "
                f"{megabytes(needed)} MB more, and {megabytes(taken)} MB are in use: delete "
                "endpoints, or start the server with a larger --model-cache-gb."
            )


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free - SPARE_BYTES
