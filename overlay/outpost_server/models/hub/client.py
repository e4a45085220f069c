"""Asking the hub, and fetching from it, so that nothing it does or leaves undone holds us up."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from outpost_server.models.cache import Cache
from outpost_server.models.documents import is_document, read_documents
from outpost_server.models.hub.address import shown_hub
from outpost_server.models.model import WAY_OUT, FoundModel, ModelRefused
from outpost_server.tasks.facts import ModelFacts

#: Seconds in which the hub has to say what a model is.
RESOLVE_S = 20.0
#: Seconds without a byte after which a download is given up.
STALL_S = 25.0
MAX_EVENT_BYTES = 64 * 1024 * 1024
# What the server's own user is logged in with is not for those who deploy.
LEFT_OUT = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH")
SET = {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "PYTHONSAFEPATH": "1",  # the data folder, where the server is, holds no modules
}


class HubClient:
    """Starts a process for each job, hands it the key through a pipe, and ends it in time."""

    def __init__(
        self,
        cache: Cache,
        environment: Mapping[str, str],
        *,
        resolve_s: float = RESOLVE_S,
        stall_s: float = STALL_S,
    ) -> None:
        self._cache = cache
        self._environment = {
            **{name: value for name, value in environment.items() if name not in LEFT_OUT},
            **SET,
        }
        self._hub = shown_hub(environment)
        self._resolve_s = resolve_s
        self._stall_s = stall_s

    async def resolve(self, name: str, revision: str, key: str | None) -> FoundModel:
        """Return what the hub says about a model, with its small files in the cache.

        Raises:
            ModelRefused: there is no such model, the key may not read it, or the hub is away.
        """
        try:
            async with asyncio.timeout(self._resolve_s):
                async with self._job("resolve", name, revision, key) as events:
                    answer = await anext(events)
        except TimeoutError:
            raise ModelRefused(
                f"The hub {self._hub} did not say within {self._resolve_s:g} s what {name} is. "
                f"{WAY_OUT}"
            ) from None
        commit, files = answer["commit"], answer["files"]
        folder = self._cache.snapshot(name, commit)
        documents = [path for path, size in files.items() if is_document(path, size)]
        facts = ModelFacts(
            name,
            commit,
            files,
            read_documents(folder, documents),
            pipeline_tag=answer["pipeline_tag"],
            library=answer["library"],
        )
        return FoundModel(facts, folder, revision, answer["digests"], answer["is_public"])

    async def fetch(
        self,
        model: FoundModel,
        files: Mapping[str, int],
        key: str | None,
        came: Callable[[int], None],
    ) -> None:
        """Have ``files`` of a model in the cache; ``came`` is told how many bytes of them are.

        Cancelled or given up, it keeps what has come for the next time.

        Raises:
            ModelRefused: they cannot be had.
        """
        name, commit = model.facts.name, model.facts.revision or ""
        wanted = [(path, size, model.digests.get(path)) for path, size in files.items()]
        async with self._job("fetch", name, commit, key, wanted) as events:
            while True:
                try:
                    async with asyncio.timeout(self._stall_s):
                        event = await anext(events)
                except TimeoutError:
                    raise ModelRefused(
                        f"Nothing came from the hub {self._hub} for {self._stall_s:g} s. Deploy "
                        f"again to go on where it has stopped. {WAY_OUT}"
                    ) from None
                if event["event"] == "fetched":
                    return
                came(event["bytes"])

    @asynccontextmanager
    async def _job(
        self,
        action: str,
        name: str,
        revision: str,
        key: str | None,
        files: list[tuple[str, int, str | None]] | None = None,
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """Run a job and give its events; its process is gone afterwards."""
        if key is not None and not re.fullmatch(r"[!-~]+", key):
            raise ModelRefused("huggingfaceModel.keyId: the key is no token of a hub.")
        job = {
            "action": action,
            "name": name,
            "revision": revision,
            "cache": str(self._cache.folder),
            "key": key,
            "files": files or [],
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "outpost_server.models.hub.process"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=MAX_EVENT_BYTES,
            env=self._environment,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(job).encode() + b"\n")
            yield _events(process.stdout)
        finally:
            # Its input stays open until here: when this process dies, so does that one.
            if process.returncode is None:
                process.kill()
            process.stdin.close()
            await process.wait()


async def _events(output: asyncio.StreamReader) -> AsyncIterator[dict[str, Any]]:
    said = "it said nothing"
    async for line in output:
        if not line.startswith(b'{"event"'):
            said = line.decode("utf-8", "replace").strip() or said  # of a library, or a traceback
            continue
        event = json.loads(line)
        if event["event"] == "failed":
            raise ModelRefused(event["reason"])
        yield event
    raise ModelRefused(f"The process that asks the hub has ended unexpectedly: {said}")
