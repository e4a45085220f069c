"""What each replica may see of this machine, and what of that this machine can enforce."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from outpost_server.engines.engine import NOBODY
from outpost_server.engines.process.handing import let_read
from outpost_server.engines.process.owners import Owners
from outpost_server.engines.process.variables import FILES
from outpost_server.keeping.removing import remove
from outpost_server.worker.confinement import landlock, syscalls
from outpost_server.worker.confinement.confinement import Confinement
from outpost_server.worker.confinement.trial import obstacle

UNPROTECTED = "Users are not protected from each other"
# What programs and libraries look for in a system.
SYSTEM = tuple(
    "/usr /lib /lib32 /lib64 /libx32 /bin /sbin /etc /opt /proc /sys /nix/store /run/opengl-driver"
    " /run/systemd/resolve /run/resolvconf /var/cache/fontconfig /var/lib/ca-certificates".split()
)
RESOLVER = "/etc/resolv.conf"
REMOVE_INTERVAL_S = 1.0
# Among the ids of accounts, which are random.
BUILDER = "builder"
# In an editable installation it is on no path that is known otherwise.
OUR_PACKAGES = str(Path(__file__).parents[3])


@dataclass(frozen=True)
class Places:
    """The folders of one replica: its own, its temporary one, and that of its owner."""

    folder: Path
    temporary: Path
    home: Path

    def variables(self) -> dict[str, str]:
        """Return what tells programs of them. The hub's client reads its variable by itself."""
        hub = self.home / ".cache" / "huggingface" / "hub"
        return {
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "HF_HUB_CACHE": str(hub),
        }


class Isolation:
    """Makes the folders of replicas, and says what they are confined to.

    ``folder`` is the data folder, ``readable`` and ``writable`` are what the operator shares. What
    this machine can enforce is tried out in a fork, so that it is made while there is one thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        is_wanted: bool = True,
        readable: Iterable[Path] = (),
        writable: Iterable[Path] = (),
    ) -> None:
        self._folder = folder
        self._homes = folder / "homes"
        self._is_landlocked = is_wanted and landlock.abi() > 0
        self._owners = Owners(folder / "owners.json")
        self._is_wanted = is_wanted
        self._writable = tuple(map(str, writable))
        self._private = _private_folders(folder)
        self._reads = (*self._visible(self._usual_reads()), *map(str, readable))
        self._has_uids = is_wanted and os.geteuid() == 0 and sys.platform == "linux"
        self._obstacle = self._try_uids() if self._has_uids else None
        self._has_uids &= self._obstacle is None

    @property
    def exposure(self) -> str | None:
        """See :class:`outpost_server.engines.engine.Engine`."""
        if not self._is_wanted:
            return f"{UNPROTECTED}: isolation is switched off."
        if not self._is_landlocked:
            return (
                f"{UNPROTECTED}: this system has no Landlock (Linux 5.13 has), so the code of a "
                "template can read what the server can."
                if not self._has_uids
                else "This system has no Landlock (Linux 5.13 has), so the code of a template can "
                "read what every user of this machine can."
            )
        if self._obstacle:
            return (
                f"{UNPROTECTED}: the code of templates runs as root without its privileges, as "
                f"this machine gives it no user of its own ({self._obstacle}). Run the server as "
                "another user."
            )
        if self._has_uids:
            return None
        if landlock.abi() < landlock.SIGNALS_ABI:
            can = "end processes of others (Linux 6.12 prevents it)"
        elif syscalls.machine() is None:
            can = (
                "set limits and priorities of other processes and use their System V memory, as "
                "this machine has no seccomp that we know"
            )
        else:
            can = "change the modes of that user's files and use what it has in /dev/shm"
        return (
            f"{UNPROTECTED} wholly: the code of templates runs as the server's user, and can {can}."
            " Run the server as root: each account is a user of its own then."
        )

    @property
    def server_pid(self) -> int:
        """The process that alone may connect to replicas, 0 for any."""
        return os.getpid() if self._is_wanted else 0

    @property
    def temporary_prefix(self) -> str:
        """How the names of this server's folders among those of the system's temporary ones begin.

        Those of another server begin otherwise.
        """
        return f"outpost-{self._owners.first:x}-"

    def remove_left(self) -> None:
        """Remove what a crashed server has left."""
        for left in Path(tempfile.gettempdir()).glob(f"{self.temporary_prefix}*"):
            if not left.is_symlink():
                remove(left)

    def make_places(self, replica_id: str, owner_id: str) -> Places:
        """Make the folders of a replica, for the user that it will be.

        Raises:
            OSError: they cannot be made.
        """
        uid = self._uid(owner_id)
        places = Places(
            self._folder / "run" / replica_id,
            # Paths of Unix sockets may have about 100 characters, and templates make some there.
            Path(tempfile.gettempdir()) / f"{self.temporary_prefix}{replica_id}",
            self.make_home(owner_id),
        )
        for folder in (places.folder, places.temporary):
            _make(folder, uid)
        return places

    def make_home(self, owner_id: str) -> Path:
        """Make the folder of an account, if there is none yet.

        Raises:
            OSError: it cannot be made.
        """
        home = self._homes / (owner_id or NOBODY)
        _make(home, self._uid(owner_id), may_be_there=True)
        return home

    def owners(self) -> set[str]:
        """Return the accounts that have a home."""
        return {path.name for path in self._homes.glob("*")}

    def forget(self, owner_id: str) -> None:
        """Remove the home of an account. Its user of the system is not given to another one."""
        remove(self._homes / owner_id)

    def remove(self, places: Places, tries: int = 5) -> None:
        """Remove what a replica leaves: now, and again a little later what could not be removed."""
        left = [one for one in (places.folder, places.temporary) if not remove(one)]
        if left and tries > 1:
            # What is being killed may have made a file meanwhile.
            loop = asyncio.get_running_loop()
            loop.call_later(REMOVE_INTERVAL_S, self.remove, places, tries - 1)

    def confine(
        self, places: Places, owner_id: str, revision: Path, needed: Iterable[Path]
    ) -> Confinement:
        """Return what a replica is confined to: its folders, its ``revision`` and ``needed``.

        Raises:
            OSError: the revision cannot be handed to its owner.
        """
        if not self._is_wanted:
            return Confinement()
        uid = self._uid(owner_id)
        if uid is not None:
            let_read(str(revision), uid)
        return Confinement(
            reads=(*self._reads, str(revision), *map(str, needed)),
            writes=(*map(str, (places.folder, places.temporary, places.home)), *self._writable),
            uid=uid,
            is_landlocked=self._is_landlocked,
        )

    def builder(self, packages_of: str) -> int | None:
        """Return the user that builds the packages of an account, None where there is no other.

        Those of containers and of the server's own user have one whom no replica is.

        Raises:
            OSError: it cannot be noted.
        """
        return self._uid(packages_of or BUILDER)

    def confining_command(
        self, reads: Iterable[Path], writes: Iterable[Path], uid: int | None
    ) -> list[str]:
        """Return a command that the command of a program follows: it is shut in as replicas are.

        It becomes the user ``uid``, see :meth:`builder`.
        """
        confinement = Confinement(
            (*self._reads, *map(str, reads)),
            (*map(str, writes), *self._writable),
            uid=uid,
            is_landlocked=self._is_landlocked,
        )
        if not confinement.is_enforced:
            return []
        module = ["-P", "-m", "outpost_server.worker.confinement.run"]
        return [sys.executable, *module, json.dumps(asdict(confinement))]

    def _uid(self, owner_id: str) -> int | None:
        return self._owners.uid(owner_id) if self._has_uids else None

    def _try_uids(self) -> str | None:
        """Return why a replica cannot be a user of its own here, None when it can."""
        confinement = Confinement(self._reads, (), self._owners.first, self._is_landlocked)
        # What replicas import and this process does not: it would start half a second later.
        framework = find_spec("fastapi")
        imported = [framework.origin] if framework is not None and framework.origin else []
        return obstacle(confinement, [sys.executable, os.__file__, __file__, *imported])

    def _usual_reads(self) -> Iterator[str]:
        yield from SYSTEM
        yield os.path.realpath(RESOLVER)
        yield from (os.environ[name] for name in FILES if name in os.environ)
        yield from {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
        yield from (path for path in sys.path if os.path.isabs(path))
        yield OUR_PACKAGES

    def _visible(self, paths: Iterable[str]) -> Iterator[str]:
        """Leave out what is private, be it the path or something below it."""
        for path in dict.fromkeys(os.path.realpath(one) for one in paths):
            if path in self._private or path == "/":
                continue
            yield from _around(path, [one for one in self._private if one.startswith(f"{path}/")])


def _make(folder: Path, uid: int | None, *, may_be_there: bool = False) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=may_be_there)
    if uid is not None:
        os.chown(folder, uid, uid)


def _private_folders(data_folder: Path) -> frozenset[str]:
    homes = {str(data_folder), os.environ.get("HOME", ""), os.path.expanduser("~")}
    return frozenset(os.path.realpath(home) for home in homes if home) - {"/"}


def _around(path: str, hidden: list[str]) -> Iterator[str]:
    """Return ``path``, or what is in it but for what is ``hidden``."""
    if not hidden:
        yield path
        return
    try:
        names = os.listdir(path)
    except OSError:
        return
    for name in names:
        entry = os.path.join(path, name)
        if entry not in hidden and not os.path.islink(entry):
            yield from _around(entry, [one for one in hidden if one.startswith(f"{entry}/")])
