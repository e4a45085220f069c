"""What runs replicas. The rest of the server knows only the names of this module.

The ``process`` engine starts one supervised process per replica on this machine. Another engine
has to provide the two protocols below and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class ReplicaSpec:
    """One replica to start: the revision it runs and everything the revision needs."""

    replica_id: str
    pod_name: str
    endpoint_id: str
    deployment_id: str
    template_path: Path
    class_name: str
    root_path: str
    runtime_log: Path
    start_timeout_s: float
    secrets: Mapping[str, str] = field(repr=False)
    python_requirements: tuple[str, ...] = ()
    memory_bytes: int | None = None
    cpus: int | None = None


class StartFailed(Exception):
    """A replica did not become ready.

    ``reason`` is one line for people. ``traceback`` is the template's own traceback, when it
    raised.
    """

    def __init__(self, reason: str, traceback: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.traceback = traceback


class Replica(Protocol):
    """A running replica that answers HTTP on a Unix socket."""

    @property
    def replica_id(self) -> str: ...

    @property
    def socket_path(self) -> str:
        """Relative to the data folder, which is the server's working directory: absolute paths of
        Unix sockets may not be longer than about 100 characters."""
        ...

    async def wait_ended(self) -> str:
        """Wait until the replica's process is gone and return why, in one line."""
        ...

    async def stop(self, *, grace_s: float) -> None:
        """End the replica and everything it started. It is asked politely for ``grace_s`` first."""
        ...


class Engine(Protocol):
    """Starts replicas and ends what a crashed server left behind."""

    async def open(self) -> None:
        """Make ready for the first replica; end those recorded by a server that crashed."""
        ...

    async def close(self) -> None:
        """Give back what belongs to no replica, after the last one has ended."""
        ...

    async def prepare(self, requirements: tuple[str, ...], say: Callable[[str], None]) -> None:
        """Have ``python_requirements`` installed where replicas with them will run.

        Raises:
            StartFailed: they could not be installed; ``traceback`` is the installer's output.
        """
        ...

    async def start(self, spec: ReplicaSpec) -> Replica:
        """Start a replica and return when it answers requests.

        Raises:
            StartFailed: it raised, exited or did not become ready within ``spec.start_timeout_s``.
        """
        ...
