"""Which files of a model are needed: its weights once, in the safest form, and what is small."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from outpost_server.models.model import ModelRefused
from outpost_server.tasks.facts import PICKLES

SAFE_WEIGHTS = (".safetensors", ".gguf", ".skops")
OTHER_WEIGHTS = (
    *(".h5", ".keras", ".msgpack", ".onnx", ".onnx_data", ".ot", ".pb", ".tflite"),
    *(".mlmodel", ".mlpackage", ".engine", ".pte", ".llamafile"),
)
#: What is for people, or is left from training.
NOT_LOADED = (
    ".md",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".webp",
    ".svg",
    ".mp4",
    ".pdf",
    ".zip",
    ".gz",
)
STATE_OF_TRAINING = re.compile(
    r"(training_args|optimizer|scheduler|scaler|rng_state\w*)\.(bin|pt|pth)"
)
OTHER_FOLDERS = re.compile(r"original|onnx|openvino|coreml|runs|checkpoint-\d+|\..*")
#: ``model.fp16.safetensors`` beside ``model.safetensors``.
VARIANT = re.compile(r"\.(?:fp16|bf16|fp32|non_ema|ema_only)(?=[.-])")


def needed_files(files: Mapping[str, int], *, allow_pickle: bool = False) -> dict[str, int]:
    """Return what has to be fetched of a model, as bytes by path.

    Raises:
        ModelRefused: it has no weights, or none but pickles and ``allow_pickle`` is false.
    """
    kept = {path: size for path, size in files.items() if is_loaded(path)}
    others = [path for path in kept if path.endswith(OTHER_WEIGHTS)]
    pickles = [path for path in kept if path.endswith(PICKLES)]
    for path in _superfluous(kept, allow_pickle=allow_pickle):
        del kept[path]
    if not any(path.endswith((*SAFE_WEIGHTS, *PICKLES)) for path in kept):
        raise ModelRefused(_why_none(pickles, others))
    return kept


def is_loaded(path: str) -> bool:
    """Tell whether a file is one that libraries load, in whatever form its weights are."""
    *folders, name = PurePosixPath(path).parts
    return not (
        name.startswith(".")
        or name.lower().endswith(NOT_LOADED)
        or STATE_OF_TRAINING.fullmatch(name)
        or any(OTHER_FOLDERS.fullmatch(folder) for folder in folders)
    )


def _superfluous(files: Mapping[str, int], *, allow_pickle: bool) -> set[str]:
    safe = {path for path in files if path.endswith(".safetensors")}
    folders_with_safe = {PurePosixPath(path).parent for path in safe}
    # Of several GGUF files, which are the same model in several precisions, this one is served.
    quantized = [path for path in files if path.endswith(".gguf") and "/" not in path]
    smallest = min(quantized, key=lambda path: (files[path], path), default=None)
    found = {path for path in files if path.endswith(OTHER_WEIGHTS)}
    for path in files:
        here = PurePosixPath(path)
        is_pickle = path.endswith(PICKLES)
        if (
            # The same weights again, in another form or another precision.
            (is_pickle and (here.parent in folders_with_safe or not allow_pickle))
            or (path.endswith(".gguf") and (safe or path != smallest))
            or (path != (base := VARIANT.sub("", path)) and base in files)
            or (here.name.startswith("consolidated") and _has_model(here.parent, safe))
            # Whole pipelines in one file, beside a folder for each of their parts.
            or (
                "model_index.json" in files and len(here.parts) == 1 and (is_pickle or path in safe)
            )
        ):
            found.add(path)
    return found


def _has_model(folder: PurePosixPath, safe: set[str]) -> bool:
    return any(
        PurePosixPath(path).parent == folder and PurePosixPath(path).name.startswith("model")
        for path in safe
    )


def _why_none(pickles: list[str], others: list[str]) -> str:
    if pickles:
        return (
            f"The model has its weights as pickles only ({_some(pickles)}), which run code of "
            "whoever made them when they are loaded. If you trust them, set allow_pickle to true "
            "in the config of the container; or choose a model with safetensors."
        )
    if others:
        return (
            f"The model has weights for other libraries only ({_some(others)}): choose one with "
            "safetensors."
        )
    return "The model has no weights: there is no safetensors file in it."


def _some(paths: list[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(sorted(paths)[:3]) + more
