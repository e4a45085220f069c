"""One file of a model on its way from the hub into the cache."""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from huggingface_hub import get_hf_file_metadata, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, but not in __all__
    WeakFileLock,
    build_hf_headers,
)

CHUNK_BYTES = 1024 * 1024


class Damaged(Exception):
    """What came is not what the hub says it has."""


@dataclass
class HubFile:
    """A file of a commit, and how far it has come; ``repository`` is its model's in the cache.

    ``checked`` are bytes whose SHA-256 has been taken.
    """

    name: str
    commit: str
    path: str
    size: int
    sha256: str | None
    repository: Path
    partial: Path | None = None
    checked: int = 0

    @property
    def pointer(self) -> Path:
        """Where the libraries look for it."""
        return self.repository / "snapshots" / self.commit / self.path

    def present(self) -> int:
        """Return how many bytes of it are on the disk."""
        for path in (self.pointer, self.partial):
            try:
                if path is not None:
                    return path.stat().st_size
            except OSError:
                continue
        return 0


def fetch(file: HubFile, token: str | bool) -> None:
    """Have a file in the cache, going on where an earlier attempt has ended.

    huggingface_hub's own download begins anew each time, as it does not trust locks of network
    disks. Here what it would write under a name of its own is kept, and checked by its SHA-256.
    """
    if _is_whole(file.pointer, file.size):
        return
    url = hf_hub_url(file.name, file.path, revision=file.commit)
    found = get_hf_file_metadata(url, token=token)
    etag = found.etag or ""
    if not etag or "/" in etag or etag.startswith("."):
        raise Damaged(f"the hub answered with the ETag {etag!r} for {file.path}")
    blob = file.repository / "blobs" / etag
    lock = file.repository.parent / ".locks" / file.repository.name / f"{etag}.lock"
    for parent in (blob.parent, lock.parent, file.pointer.parent):
        parent.mkdir(parents=True, exist_ok=True)
    # As huggingface_hub without Xet, whose downloads do not go on where they have ended.
    location = url if found.xet_file_data else found.location
    headers = build_hf_headers(token=token)
    if urlsplit(location).hostname != urlsplit(url).hostname:
        headers.pop("authorization", None)  # its address says already who may have it
    with WeakFileLock(lock):
        if not _is_whole(blob, file.size):
            file.partial = blob.with_name(f"{etag}.outpost.incomplete")
            _download(file, file.partial, location, headers)
            file.partial.replace(blob)
        _point(file.pointer, blob)


def _download(file: HubFile, partial: Path, url: str, headers: dict[str, str]) -> None:
    try:
        with partial.open("ab") as target:
            if target.tell() > file.size:
                target.truncate(0)
            begin = target.tell()
            http_get(url, target, resume_size=begin, headers=headers, expected_size=file.size)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            partial.unlink(missing_ok=True)  # others need the room
        if error.errno is None and not isinstance(error, HfHubHTTPError):
            partial.unlink(missing_ok=True)
            raise Damaged(f"{file.path} has another size than the hub says") from None
        raise
    if not _is_whole(partial, file.size) or (file.sha256 and _digest(partial, file) != file.sha256):
        partial.unlink()
        raise Damaged(f"{file.path} came damaged")


def _digest(partial: Path, file: HubFile) -> str:
    digest = hashlib.sha256()
    with partial.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            file.checked += len(chunk)
    return digest.hexdigest()


def _point(pointer: Path, blob: Path) -> None:
    link = pointer.with_name(f".{pointer.name}.{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(os.path.relpath(blob, pointer.parent))
    link.replace(pointer)


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
