"""The environments of the containers, built by what the server builds them with, and kept."""

from __future__ import annotations

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from outpost_server.containers.catalogue import CONTAINERS
from outpost_server.engines.process.environments import Environments


@dataclass(frozen=True)
class Built:
    """The environment of a container: its interpreter, and what it takes.

    ``seconds`` is next to nothing where it was there already.
    """

    container: str
    python: str
    seconds: float
    megabytes: float


def build_environments(folder: Path, containers: list[str]) -> list[Built]:
    """Return the environments of the containers, for servers with ``environments=folder``."""
    return [_build(folder, container) for container in containers]


def _build(folder: Path, container: str) -> Built:
    began = time.monotonic()
    environments = Environments(folder, for_cpus=True)
    requirements = CONTAINERS[container].requirements
    python = asyncio.run(environments.interpreter(requirements, _say, what=container))
    assert python is not None, f"all of the container {container} is there already"
    size = int(Path(python).parents[1].with_suffix(".complete").read_text().split()[0])
    return Built(container, python, time.monotonic() - began, size / 1e6)


def _say(message: str, *, level: str = "INFO") -> None:
    width = shutil.get_terminal_size().columns
    print(f"  {message}"[:width], flush=True)
