"""What an engine is: two protocols, and what is said through them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from outpost_server.containers.catalogue import DEFAULT_CONTAINER
from outpost_server.keeping.store.workers import Workers

# What computes on its event loop answers nothing meanwhile, and may take this long for it.
DEFAULT_LIVENESS_TIMEOUT_S = 600.0

# Who owns an endpoint of which nobody does any more.
NOBODY = "nobody"

P = TypeVar("P", bound=asyncio.BaseProtocol)


@dataclass(frozen=True)
class Premises:
    """What a server gives to its engine.

    ``folder`` is the data folder, absolute.
    ``environments`` is where packages of containers and templates belong, which other servers may
    use as well; ``has_gpus`` tells whether replicas can have any. Unless ``is_isolating`` is off,
    replicas see nothing of each other and of the server, as far as the system can enforce it;
    ``passed_variables`` are names of variables of the server that they have all the same,
    ``readable_folders`` and ``writable_folders`` what they may use.
    """

    folder: Path
    allow_system_packages: bool = False
    environments: Path = Path("environments")
    has_gpus: bool = False
    is_isolating: bool = True
    passed_variables: tuple[str, ...] = ()
    readable_folders: tuple[Path, ...] = ()
    writable_folders: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Declarations:
    """What a template needs: a container, and what has to be added to it; and how it is served.

    ``concurrency`` is how many requests a replica has at the same time, None any number. ``cors``
    are the origins whose pages may call it, ``*`` any. A replica that answers no health check for
    ``liveness_timeout`` seconds is replaced.

    Packages run code where they are built. ``packages_of`` is whose they are: what they leave, also
    for later builds, is for nobody else. Empty for the server's own user and containers.
    ``sources`` are digests of what requirements name on this machine, taken at the deployment.
    """

    python_requirements: tuple[str, ...] = ()
    system_dependencies: tuple[str, ...] = ()
    container: str = DEFAULT_CONTAINER
    concurrency: int | None = None
    cors: tuple[str, ...] = ()
    liveness_timeout: float = DEFAULT_LIVENESS_TIMEOUT_S
    packages_of: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplicaSpec:
    """One replica to start: the revision it runs and everything the revision needs.

    The engine appends what the template prints to ``runtime_log``, with ``LogFile``, as lines of
    ``log_line("runtime", "INFO", "stdout" or "stderr", text, pod_name=pod_name)``; both are of
    :mod:`outpost_server.log_files`. ``pod_name`` is the replica in every log. ``root_path`` is
    what the router has taken off the paths of requests: clients find the template below it.
    ``cpus`` is how many processors it may use, ``memory_bytes`` how much memory, None any.
    ``variables`` are in the environment of the replica; unlike ``secrets`` anyone may read them,
    and where both have a name, they hold. ``owner_id`` is the account that the endpoint belongs to;
    replicas of one owner need not be kept apart. ``readable`` are folders that it needs, such as
    that of its model. ``template_root`` is the folder of a template that has several files, None
    where that of ``template_path`` is.
    """

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
    declared: Declarations = Declarations()
    memory_bytes: int | None = None
    cpus: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    owner_id: str = ""
    readable: tuple[Path, ...] = ()
    template_root: Path | None = None

    @property
    def container(self) -> str:
        """The name of the environment that it runs in."""
        return self.declared.container


class StartFailed(Exception):
    """A replica did not become ready.

    ``reason`` is one line for people. ``traceback`` is the template's own traceback, when it
    raised. ``output`` is the end of what it had printed, which whoever reads its log finds out.
    """

    def __init__(self, reason: str, traceback: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.traceback = traceback
        self.output = ""

    @property
    def detail(self) -> str | None:
        """The traceback and the output, under a heading."""
        printed = f"The last that it printed:\n{self.output}" if self.output else ""
        return "\n".join(part for part in (self.traceback, printed) if part) or None


@dataclass(frozen=True)
class Ended:
    """Why a replica is gone, in one line.

    ``by_itself`` is false where something was done to it here, such as for a limit. ``was_killed``
    tells that it did not end within the time that it was given.
    """

    why: str
    by_itself: bool = True
    was_killed: bool = False


class Say(Protocol):
    """Writes a line into the deployment log."""

    def __call__(self, message: str, *, level: str = "INFO") -> None: ...


class Replica(Protocol):
    """A running replica that answers HTTP/1.1: what is sent to ``/predict`` and ``/healthcheck``.

    It leaves idle connections open, for an hour at least: the router uses them again, and a
    request on one that closes just then is lost.
    """

    @property
    def replica_id(self) -> str: ...

    async def connect(self, make: Callable[[], P]) -> tuple[asyncio.BaseTransport, P]:
        """Open a connection and return it with its protocol, as the event loop's own methods do.

        Raises:
            OSError: the replica takes none.
        """
        ...

    async def wait_ended(self) -> Ended:
        """Wait until the replica is gone and return why."""
        ...

    def memory_bytes(self) -> int | None:
        """Return how much memory it uses, with what it started; None if nobody knows.

        Asked in any thread, now and then for each replica that is ready.
        """
        ...

    async def stop(self, *, grace_s: float, finishing_s: float = 0) -> None:
        """End the replica and everything it started.

        It is asked politely first: it has ``finishing_s`` for what it still does for requests, such
        as tasks behind an answer, and then ``grace_s`` to give back what it holds.
        """
        ...


class Engine(Protocol):
    """Starts replicas and ends what a crashed server left behind.

    It is made while the process of the server has one thread.
    """

    async def open(self, processes: Workers) -> None:
        """Make ready for the first replica; end those of a server that crashed.

        ``processes`` is for an engine whose replicas are processes of this machine: it writes them
        down to find them after a crash of the server.
        """
        ...

    @property
    def exposure(self) -> str | None:
        """What users are not protected from here, in one plain sentence; None when they are."""
        ...

    async def close(self) -> None:
        """Give back what belongs to no replica, after the last one has ended."""
        ...

    async def prepare(self, declared: Declarations, say: Say) -> None:
        """Have what a template needs where replicas of it will run, and say what cannot be had.

        Raises:
            StartFailed: it could not be installed; ``traceback`` is the installer's output.
        """
        ...

    async def start(self, spec: ReplicaSpec) -> Replica:
        """Start a replica and return when it answers requests.

        Cancelled, it ends what it has begun before it raises: nobody else knows of that.

        Raises:
            StartFailed: it raised, exited or did not become ready within ``spec.start_timeout_s``.
        """
        ...

    async def owners(self) -> set[str]:
        """Return the accounts of which it keeps something, such as files of their replicas."""
        ...

    async def forget(self, owner_id: str) -> None:
        """Remove what it keeps of an account that is no more; what it cannot remove, it keeps."""
        ...
