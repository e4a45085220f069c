"""Models in folders of the server's machine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from outpost_server.models.documents import is_document, list_files, read_card, read_documents
from outpost_server.models.model import FoundModel, ModelRefused, Reader, Say
from outpost_server.models.selection import needed_files
from outpost_server.tasks.facts import ModelFacts

FIELD = "folderModel.path"


class FolderSource:
    """The server's own user may name any folder, others what lies below ``roots``."""

    def __init__(self, roots: tuple[Path, ...]) -> None:
        self._roots = tuple(Path(os.path.realpath(root)) for root in roots)

    async def find(self, said: Mapping[str, Any], reader: Reader) -> FoundModel:
        path = said["folderModel"]["path"]
        return await asyncio.to_thread(self._find, path, is_owner=reader.is_server_owner)

    async def fetch(
        self, model: FoundModel, reader: Reader, say: Say, *, allow_pickle: bool
    ) -> None:
        """Only look whether there are weights: the files are where they are needed."""
        needed_files(model.facts.files, allow_pickle=allow_pickle)

    def _find(self, path: str, *, is_owner: bool) -> FoundModel:
        if not os.path.isabs(path) or "\0" in path:
            raise ModelRefused(f"{FIELD}: give the absolute path of a folder, not {path!r}.")
        folder = Path(os.path.realpath(path))
        # Before anything is looked at: a refusal does not tell what there is on this machine.
        if not is_owner and not self._is_open(folder):
            raise ModelRefused(
                f"{FIELD}: only the server's own user may serve any folder. Others may serve those "
                "below a folder that the server is started with, as --model-folder DIR."
            )
        facts = _read(folder)
        if not is_owner:
            self._require_inside(folder, facts)
        return FoundModel(facts, folder)

    def _is_open(self, path: Path) -> bool:
        return any(path.is_relative_to(root) for root in self._roots)

    def _require_inside(self, folder: Path, facts: ModelFacts) -> None:
        for path in facts.files:
            if not self._is_open(Path(os.path.realpath(folder / path))):
                raise ModelRefused(f"{FIELD}: {path} is a link that leads out of the folder.")


def _read(folder: Path) -> ModelFacts:
    if not folder.is_dir():
        raise ModelRefused(f"{FIELD}: there is no folder {folder} on the server's machine.")
    files = list_files(folder)
    documents = [path for path, size in files.items() if is_document(path, size)]
    card = read_card(folder)
    return ModelFacts(
        str(folder),
        None,
        files,
        read_documents(folder, documents),
        pipeline_tag=_text(card.get("pipeline_tag")),
        library=_text(card.get("library_name")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
