"""What is known of a model before its weights are fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

#: Endings of files that run code when they are loaded.
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")


@dataclass(frozen=True)
class ModelFacts:
    """What the small files of a model say about it.

    Args:
        name: its name on the hub, ``"Falconsai/text_summarization"``, or the absolute path of a
            folder.
        revision: the commit; None for a folder.
        files: sizes in bytes by path within the model.
        documents: contents of its small JSON files by path, such as ``config.json``.
        pipeline_tag: the task that the hub says it is for, if any.
        library: the library that the hub says it is of, such as ``"transformers"``, if any.
    """

    name: str
    revision: str | None
    files: Mapping[str, int]
    documents: Mapping[str, Any] = field(repr=False)
    pipeline_tag: str | None = None
    library: str | None = None

    @cached_property
    def config(self) -> Mapping[str, Any]:
        """``config.json``, empty if there is none."""
        config = self.documents.get("config.json")
        return config if isinstance(config, Mapping) else {}

    @property
    def model_type(self) -> str | None:
        """The family of models, such as ``"bert"``."""
        found = self.config.get("model_type")
        return found if isinstance(found, str) else None

    @property
    def architectures(self) -> tuple[str, ...]:
        """The classes that it was saved from, such as ``("BertForMaskedLM",)``."""
        found = self.config.get("architectures")
        return tuple(name for name in found if isinstance(name, str)) if found else ()

    def with_ending(self, *endings: str) -> list[str]:
        """Return the files that end so, in order."""
        return sorted(path for path in self.files if path.lower().endswith(endings))

    def at_the_top(self, *endings: str) -> list[str]:
        """Return the files that end so and are in no folder, in order."""
        found = self.with_ending(*endings)
        return [path for path in found if len(PurePosixPath(path).parts) == 1]

    @property
    def has_safetensors(self) -> bool:
        """Whether the weights are in files that hold nothing but numbers."""
        return bool(self.with_ending(".safetensors"))
