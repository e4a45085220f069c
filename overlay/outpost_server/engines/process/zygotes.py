"""The zygotes of a server: a plain one, and one for each container that imports much."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from outpost_server.containers.catalogue import Container
from outpost_server.engines.process.zygote import Zygote

# What the interpreter and the dynamic loader read when they start, which is past in a fork.
READ_AT_START = ("PYTHON", "LD_")
# What the libraries of containers read when they are imported, which is past in a fork, too.
READ_AT_IMPORT = tuple(
    "ACCELERATE_ DIFFUSERS_ GOMP_ HF_ HUGGINGFACE_ HUGGING_FACE_ KMP_ MKL_ OMP_ OPENBLAS_ PYTORCH_"
    " SAFETENSORS_ SENTENCE_TRANSFORMERS_ TOKENIZERS_ TORCH TQDM_ TRANSFORMERS_ USE_ XDG_".split()
)
# These are read whenever they are needed, or told to what has been imported, see
# outpost_server.worker.resources.processors.
READ_LATER = frozenset({"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_CACHE"})


class Zygotes:
    """``variables`` are the environment of all of them, and so in that of every replica."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = dict(variables)
        self.plain = Zygote(variables=self.variables)
        self._of_containers: dict[tuple[str, str], Zygote] = {}

    def of(self, container: Container, python: str | None) -> Zygote | None:
        """Return the one of a container, which need not run yet; None where forks are unsafe."""
        if sys.platform != "linux":
            return None
        key = (container.name, python or sys.executable)
        if key not in self._of_containers:
            variables = {**self.variables, **container.variables}
            self._of_containers[key] = Zygote(key[1], container.preload, variables)
        return self._of_containers[key]

    def choose(
        self, zygote: Zygote | None, python: str | None, variables: Mapping[str, str]
    ) -> tuple[Zygote, str | None]:
        """Return what to fork a replica from, and the interpreter to replace the fork by if any.

        ``zygote`` is that of its container, ``python`` its interpreter, None for the server's.
        ``variables`` are all that the replica has in its environment: some are read too early for
        a fork to have them.
        """
        given = (zygote or self.plain).environment()
        changed = {name for name, value in variables.items() if given.get(name) != value}
        needs_start = sys.platform != "linux" or any(
            name.startswith(READ_AT_START) for name in changed
        )
        if zygote is not None and not needs_start:
            if not any(name.startswith(READ_AT_IMPORT) for name in changed - READ_LATER):
                return zygote, None
            needs_start = True
        if python is None and needs_start:
            python = sys.executable
        return self.plain, python

    def interpreters(self) -> set[str]:
        """Return the interpreters that are in use by them."""
        return {python for _, python in self._of_containers}

    def close(self) -> None:
        """End all of them."""
        for zygote in (self.plain, *self._of_containers.values()):
            zygote.close()
