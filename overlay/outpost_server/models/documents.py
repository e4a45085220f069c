"""The small files of a model, which say what it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from outpost_server.models.model import ModelRefused
from outpost_server.models.selection import is_loaded

MAX_DOCUMENT_BYTES = 1024 * 1024
MAX_FILES = 20_000
CARD = "README.md"
# config.json, generation_config.json, scheduler/scheduler_config.json, modules.json ...
_DOCUMENT = re.compile(r".*config\w*\.json|model_index\.json|modules\.json")


def is_document(path: str, size: int) -> bool:
    """Tell whether a file is read to find out what the model is."""
    is_small = size <= MAX_DOCUMENT_BYTES
    return is_small and bool(_DOCUMENT.fullmatch(PurePosixPath(path).name)) and is_loaded(path)


def read_documents(folder: Path, paths: Iterable[str]) -> dict[str, Any]:
    """Return parsed JSON files by their path in ``folder``.

    Raises:
        ModelRefused: one is not JSON.
    """
    documents = {}
    for path in sorted(paths):
        try:
            documents[path] = json.loads((folder / path).read_bytes())
        except (ValueError, OSError) as error:
            raise ModelRefused(f"The model's {path} cannot be read: {error}") from None
    return documents


def list_files(folder: Path) -> dict[str, int]:
    """Return the bytes of every file below ``folder`` by its path, without hidden ones.

    Raises:
        ModelRefused: there are more than a model has.
    """
    files: dict[str, int] = {}
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(parent, name) for name in sorted(names) if not name.startswith(".")):
            if path.is_file():
                files[path.relative_to(folder).as_posix()] = path.stat().st_size
        if len(files) > MAX_FILES:
            raise ModelRefused(f"{folder} has more than {MAX_FILES:,} files: it is no model.")
    return files


def read_card(folder: Path) -> dict[str, Any]:
    """Return what the head of the model card says, such as its ``pipeline_tag``; {} without one."""
    import yaml

    try:
        with (folder / CARD).open(encoding="utf-8", errors="replace") as file:
            text = file.read(MAX_DOCUMENT_BYTES)
        head = re.match(r"---\n(.*?)\n---", text, re.DOTALL)
        values = yaml.safe_load(head[1]) if head else None
    except (OSError, yaml.YAMLError):
        return {}
    return values if isinstance(values, dict) else {}
