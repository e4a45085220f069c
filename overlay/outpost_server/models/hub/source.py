"""Models of the hub: found there, fetched into the cache, and kept there while there is room."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from weakref import WeakValueDictionary

from outpost_server.keeping.models import KeptModel, KeptModels
from outpost_server.keeping.store.records import now
from outpost_server.models.cache import Cache, check_name
from outpost_server.models.documents import is_document
from outpost_server.models.hub.address import is_offline
from outpost_server.models.hub.client import HubClient
from outpost_server.models.hub.offline import find_here
from outpost_server.models.hub.room import Room
from outpost_server.models.model import FoundModel, ModelRefused, Reader, Say
from outpost_server.models.progress import Progress
from outpost_server.models.selection import needed_files

DEFAULT_REVISION = "main"


class HubSource:
    """See :class:`outpost_server.models.sources.Source` for what each method does.

    The hub is asked at each deployment whether the reader may have the model, also where its files
    are in the cache already.
    """

    def __init__(
        self,
        kept: KeptModels,
        cache: Cache,
        environment: Mapping[str, str],
        *,
        max_bytes: float,
        client: HubClient | None = None,
    ) -> None:
        self._kept = kept
        self._cache = cache
        self._client = client or HubClient(cache, environment)
        self._is_offline = is_offline(environment)
        self._room = Room(kept, cache, max_bytes)
        self._fetching: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, said: Mapping[str, Any], reader: Reader) -> FoundModel:
        name = said["huggingfaceModel"]["id"]
        revision = said["revision"] or DEFAULT_REVISION
        check_name(name, revision)
        if self._is_offline:
            return find_here(self._kept, self._cache, name, revision, reader)
        return await self._client.resolve(name, revision, reader.key)

    async def fetch(
        self, model: FoundModel, reader: Reader, say: Say, *, allow_pickle: bool
    ) -> None:
        files = needed_files(model.facts.files, allow_pickle=allow_pickle)
        lock = self._fetching.setdefault(str(model.folder), asyncio.Lock())
        if lock.locked():
            say("Another deployment is fetching the model: waiting for it.")
        async with lock:
            if missing := self._missing(model, files):
                await self._fetch(model, files, missing, reader, say)
            else:
                say(f"The model is in the cache: {model.folder}.")
            await self._remember(model, files, reader)

    def _missing(self, model: FoundModel, files: Mapping[str, int]) -> dict[str, int]:
        return self._cache.missing(model.facts.name, model.facts.revision or "", files)

    async def _fetch(
        self,
        model: FoundModel,
        files: Mapping[str, int],
        missing: Mapping[str, int],
        reader: Reader,
        say: Say,
    ) -> None:
        if self._is_offline:
            raise ModelRefused(
                f"The model {model.facts.name} is not completely in the cache, and HF_HUB_OFFLINE "
                f"is set: {min(missing)} is missing. Deploy it once with the hub at hand."
            )
        async with self._room.order:
            await self._room.make(sum(missing.values()))
            # Written down before it begins, so that it counts; only what nobody else has begun is
            # ours to remove.
            if all(is_document(path, size) for path, size in files.items() if path not in missing):
                await self._kept.put(self._row(model, files, is_ours=True))
        progress = Progress(sum(files.values()), say)
        await self._client.fetch(model, files, reader.key, progress.came)
        progress.complete()
        if left := self._missing(model, files):
            raise ModelRefused(f"The model came without {min(left)} in full. Deploy again.")

    async def _remember(self, model: FoundModel, files: Mapping[str, int], reader: Reader) -> None:
        name, commit = model.facts.name, model.facts.revision or ""
        before = self._kept.get(str(self._cache.folder), name, commit)
        if self._is_offline and before is None:
            return  # nobody has said whether it is public
        if not self._is_offline:
            self._cache.point(name, model.asked or commit, commit)
            if reader.user_id is not None and not model.is_public:
                await self._kept.add_reader(name, reader.user_id)
        is_ours = before is not None and before.is_ours
        await self._kept.put(self._row(model, files, is_ours=is_ours))

    def _row(self, model: FoundModel, files: Mapping[str, int], *, is_ours: bool) -> KeptModel:
        facts = model.facts
        return KeptModel(
            cache=str(self._cache.folder),
            name=facts.name,
            revision=facts.revision or "",
            bytes=sum(files.values()),
            is_ours=is_ours,
            is_public=model.is_public,
            facts={
                "files": dict(facts.files),
                "pipeline_tag": facts.pipeline_tag,
                "library": facts.library,
            },
            used_at=now(),
        )
