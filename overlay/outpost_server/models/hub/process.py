"""Speaks with the hub: ``python -m outpost_server.models.hub.process``, a process for each job.

A process of its own, so that the server can end it whenever it waits for too long: what
huggingface_hub and the hub do meanwhile does not matter. Its first line of input is the job, in
JSON; when the input ends, so does the process. It prints an event in JSON a line.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from huggingface_hub import HfApi, constants, get_hf_file_metadata, hf_hub_url

from outpost_server.models.cache import COMMIT, Cache
from outpost_server.models.documents import CARD, is_document
from outpost_server.models.hub.errors import explain
from outpost_server.models.hub.file import Damaged, HubFile, fetch

# So often the starter is told how much has come.
TELL_INTERVAL_S = 0.5
FILES_AT_ONCE = 4


@dataclass(frozen=True)
class Job:
    """What to do: ``files`` are [path, bytes, SHA-256 or null], for ``action`` ``fetch``."""

    action: str
    name: str
    revision: str
    cache: str
    key: str | None
    files: list[tuple[str, int, str | None]]

    @property
    def token(self) -> str | bool:
        """False where there is none: what the server's own user is logged in with is not used."""
        return self.key or False


def resolve(job: Job) -> dict[str, Any]:
    """Return what the hub says about a model, with its documents in the cache."""
    api = HfApi(token=job.token)
    info = api.model_info(job.name, revision=job.revision)
    commit = info.sha or ""
    if not COMMIT.fullmatch(commit):
        raise Damaged(f"the hub says that its commit is {commit!r}")
    entries = api.list_repo_tree(job.name, recursive=True, revision=commit)
    files: dict[str, tuple[int, str | None]] = {}
    for entry in entries:
        size = getattr(entry, "size", None)  # folders have none
        if size is not None and _is_inside(entry.path):
            lfs = getattr(entry, "lfs", None)
            files[entry.path] = (size, lfs.sha256 if lfs else None)
    is_public = not (info.private or info.gated)
    if not is_public and files:
        # Whoever may read the description may not have the files, also where they are here already.
        url = hf_hub_url(job.name, min(files), revision=commit)
        get_hf_file_metadata(url, token=job.token)
    small = [path for path, (size, _) in files.items() if is_document(path, size) or path == CARD]
    chosen = [(path, *files[path]) for path in small]
    _fetch_all(job, commit, chosen, lambda wanted: None)
    return {
        "event": "resolved",
        "commit": commit,
        "files": {path: size for path, (size, _) in files.items()},
        "digests": {path: digest for path, (_, digest) in files.items() if digest},
        "pipeline_tag": info.pipeline_tag,
        "library": info.library_name,
        "is_public": is_public,
    }


def download(job: Job) -> dict[str, Any]:
    """Have the files of a job in the cache."""
    _fetch_all(job, job.revision, job.files, _tell_progress)
    return {"event": "fetched"}


def _fetch_all(
    job: Job,
    commit: str,
    files: list[tuple[str, int, str | None]],
    watch: Callable[[list[HubFile]], None],
) -> None:
    repository = Cache(Path(job.cache)).repository(job.name)
    wanted = [HubFile(job.name, commit, *file, repository) for file in files]
    watch(wanted)
    pool = ThreadPoolExecutor(FILES_AT_ONCE)
    tasks = [pool.submit(fetch, file, job.token) for file in wanted]
    # The first that fails is told at once: the others end with this process.
    for task in as_completed(tasks):
        task.result()


def _tell_progress(files: list[HubFile]) -> None:
    def tell() -> None:
        before = (-1, -1)
        while True:
            seen = (sum(file.present() for file in files), sum(file.checked for file in files))
            if seen != before:
                before = seen
                _print({"event": "progress", "bytes": seen[0]})
            time.sleep(TELL_INTERVAL_S)

    threading.Thread(target=tell, daemon=True).start()


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts


def _print(event: dict[str, Any]) -> None:
    os.write(1, json.dumps(event).encode() + b"\n")


def _end_with_starter() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(1)


def main() -> None:
    values = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_starter, daemon=True).start()
    job = Job(**values)
    # Pieces of this size are written down as they come: a slow connection is seen to move.
    constants.DOWNLOAD_CHUNK_SIZE = 256 * 1024
    try:
        answer = {"resolve": resolve, "fetch": download}[job.action](job)
    except Exception as error:
        reason = explain(error, job.name, job.revision, has_key=job.key is not None)
        # Libraries show what they could not send.
        answer = {"event": "failed", "reason": reason.replace(job.key or "\0", "***")}
    _print(answer)
    # Other files may still be on their way, in threads that would be waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
