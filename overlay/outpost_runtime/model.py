"""Where the files of the model are."""

from __future__ import annotations

import os
from pathlib import Path


def model_folder(name: str, revision: str | None = None) -> str:
    """Return the absolute path of the folder with the files of a model.

    Args:
        name: its name on the hub, such as ``"sentence-transformers/all-MiniLM-L6-v2"``, or the
            path of a folder, which is returned as it is.
        revision: the commit, tag or branch.

    The files that Outpost has fetched for this endpoint are used where they are of this model.
    Otherwise, as in a template that names another model, they are downloaded with
    ``huggingface_hub`` into the cache that all endpoints share.

    Raises:
        FileNotFoundError: there is no such folder.
        RuntimeError: it has to be downloaded, and ``huggingface_hub`` is not installed.
    """
    if os.environ.get("OUTPOST_MODEL") == (f"{name}@{revision}" if revision else name):
        return os.environ["OUTPOST_MODEL_FOLDER"]
    if Path(name).is_absolute():
        if not Path(name).is_dir():
            raise FileNotFoundError(f"There is no folder {name} with the files of the model.")
        return name
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import LocalEntryNotFoundError
    except ImportError:
        raise RuntimeError(
            f"The model {name} has to be downloaded, and this container lacks huggingface_hub:"
            " choose the container 'transformers', or add it to python_requirements."
        ) from None
    # Said again, as it may have been imported before it could read this variable.
    cache = os.environ.get("HF_HUB_CACHE")
    try:
        # The hub is not asked for what is here, so that it may be away.
        found = snapshot_download(name, revision=revision, cache_dir=cache, local_files_only=True)
        if not _is_partial(Path(found)):
            return str(found)
    except LocalEntryNotFoundError:
        pass
    return str(snapshot_download(name, revision=revision, cache_dir=cache))


def _is_partial(snapshot: Path) -> bool:
    """Whether a download of the model is going on, or was broken off."""
    return any((snapshot.parents[1] / "blobs").glob("*.incomplete"))
