"""Where the files of models lie: the layout in which huggingface_hub and transformers look."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from outpost_server.keeping.removing import remove
from outpost_server.models.model import ModelRefused

COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[\w.-]{1,96}(?:/[\w.-]{1,96})?", re.ASCII)
_REVISION = re.compile(r"[\w.-]+(?:/[\w.-]+)*", re.ASCII)


def check_name(name: str, revision: str) -> None:
    """Raises:
    ModelRefused: no model at a hub has this name, or no revision.
    """
    if not _NAME.fullmatch(name) or ".." in name or "--" in name:
        raise ModelRefused(
            f"huggingfaceModel.id: {name!r} is no name of a model; give it as owner/name."
        )
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise ModelRefused(f"revision: {revision!r} is no branch, tag or commit.")


class Cache:
    """The folder that all replicas and endpoints share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, environment: Mapping[str, str], data_folder: Path) -> Cache:
        """Return the cache that the variables name, or else one in the data folder."""
        if hub_cache := environment.get("HF_HUB_CACHE"):
            folder = Path(hub_cache)
        elif home := environment.get("HF_HOME"):
            folder = Path(home) / "hub"
        else:
            folder = data_folder / "models"
        return cls(folder.expanduser().absolute())

    def repository(self, name: str) -> Path:
        return self.folder / f"models--{name.replace('/', '--')}"

    def snapshot(self, name: str, commit: str) -> Path:
        return self.repository(name) / "snapshots" / commit

    def commit_of(self, name: str, revision: str) -> str | None:
        """Return the commit that a branch, a tag or a commit stood for when it was fetched."""
        if COMMIT.fullmatch(revision):
            return revision if self.snapshot(name, revision).is_dir() else None
        try:
            commit = (self.repository(name) / "refs" / revision).read_text().strip()
        except OSError:
            return None
        return commit if COMMIT.fullmatch(commit) else None

    def point(self, name: str, revision: str, commit: str) -> None:
        """Remember what a branch or a tag stands for."""
        if COMMIT.fullmatch(revision):
            return
        path = self.repository(name) / "refs" / revision
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}")
        partial.write_text(commit)
        partial.replace(path)

    def missing(self, name: str, commit: str, files: Mapping[str, int]) -> dict[str, int]:
        """Return those of ``files`` that are not there, or not in full, as bytes by path."""
        folder = self.snapshot(name, commit)
        return {path: size for path, size in files.items() if _size(folder / path) != size}

    def remove(self, name: str, commit: str) -> None:
        """Remove a model at a commit, but what another commit of it has too."""
        folder = self.snapshot(name, commit)
        others = [one for one in folder.parent.iterdir() if one != folder]
        shared = {blob for other in others for blob in _blobs(other)}
        for blob in _blobs(folder) - shared:
            # A link that leads out of the cache is not ours.
            if blob.is_relative_to(self.folder.resolve()):
                blob.unlink(missing_ok=True)
        remove(folder)
        repository = self.repository(name)
        if not others:
            remove(repository)
            return
        for ref in (repository / "refs").rglob("*"):
            if ref.is_file() and ref.read_text().strip() == commit:
                ref.unlink()


def _blobs(snapshot: Path) -> set[Path]:
    return {path.resolve() for path in snapshot.rglob("*") if path.is_file()}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
