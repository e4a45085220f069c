"""The folder in which a server keeps everything: for one server at a time, and its owner only."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
from dataclasses import asdict, dataclass
from pathlib import Path

from outpost_server.keeping.process_identity import ProcessIdentity


class FolderInUse(Exception):
    """Another server runs on the data folder."""


class FolderUnusable(Exception):
    """The data folder cannot be made or written, or belongs to somebody else."""


def default_data_folder() -> Path:
    """Return ``OUTPOST_LOCAL_DATA``, or else the folder ``outpost`` of the user's data folder."""
    chosen = os.environ.get("OUTPOST_LOCAL_DATA")
    if chosen:
        return Path(chosen)
    data_home = os.environ.get("XDG_DATA_HOME")
    return (Path(data_home) if data_home else Path.home() / ".local" / "share") / "outpost"


@dataclass(frozen=True)
class ServerState:
    """What a running server tells others who may read its folder.

    ``exposure`` is what its users are not protected from, None when they are.
    """

    pid: int
    started: str
    base_url: str
    entity: str
    exposure: str | None = None

    @property
    def process(self) -> ProcessIdentity:
        return ProcessIdentity(self.pid, self.started)


class DataFolder:
    """The paths below ``root`` and who may use them."""

    def __init__(self, root: Path) -> None:
        self.root = root.expanduser().absolute()
        self.store = self.root / "outpost.db"
        self.key = self.root / "secrets.key"
        self.token = self.root / "token"
        self.settings = self.root / "settings.toml"
        self.state = self.root / "server.json"
        self.server_log = self.root / "server.log"
        self.logs = self.root / "logs"
        self.revisions = self.root / "revisions"
        self._mark = self.root / ".outpost"
        self._lock = self.root / "lock"
        self._port = self.root / "port"

    def prepare(self) -> None:
        """Make the folder, for its owner only.

        Raises:
            FolderUnusable: it cannot be made, is not writable, or holds something else; see also
                :meth:`require_trusted`.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.require_trusted()
            self._require_ours()
            self.root.chmod(0o700)
            self._mark.touch(mode=0o600)
            for folder in (self.logs, self.revisions):
                folder.mkdir(mode=0o700, exist_ok=True)
                if not os.access(folder, os.W_OK | os.X_OK):
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
        except OSError as error:
            raise FolderUnusable(f"cannot use the data folder {self.root}: {error}") from error

    def require_trusted(self) -> None:
        """Refuse a folder whose content somebody else decides about, or which leads elsewhere.

        The server does what its settings say, and removes and hands over what is in it, with its
        own rights. The folder itself may be reached by a link: who names it has chosen that one.

        Raises:
            FolderUnusable: it, or what is directly in it, belongs to neither this user nor root, or
                is a link.
        """
        try:
            found = [(self.root, self.root.stat())] if self.root.exists() else []
            found += [(path, path.lstat()) for _ in found for path in self.root.iterdir()]
        except OSError as error:
            raise FolderUnusable(f"cannot use the data folder {self.root}: {error}") from error
        for path, status in found:
            if stat.S_ISLNK(status.st_mode):
                raise FolderUnusable(
                    f"{path} is a link, which leads out of the data folder. Put what it leads to "
                    f"in its place, or keep the whole folder elsewhere and link {self.root}."
                )
            if status.st_uid not in (os.geteuid(), 0):
                raise FolderUnusable(
                    f"{path} belongs to another user (uid {status.st_uid}), who could have the "
                    f"server do what it likes. Run this as that user, or, if you trust all that is "
                    f"in it, make it yours: chown -hR {os.geteuid()} {self.root}"
                )

    def lock(self) -> int:
        """Take the folder for this process, until the process ends or the descriptor is closed.

        Raises:
            FolderInUse: another server has it.
            FolderUnusable: it is not writable.
        """
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderUnusable(f"cannot use the data folder {self.root}: {error}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            state = self.read_state()
            where = f" (process {state.pid}, {state.base_url})" if state else ""
            raise FolderInUse(
                f"another local Outpost runs on {self.root}{where}. Stop it with `outpostkit local "
                "stop`, or choose another data folder."
            ) from None
        return descriptor

    def read_state(self) -> ServerState | None:
        """Return the state of the server that runs on this folder; None when there is none."""
        try:
            state = ServerState(**json.loads(self.state.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return state if state.process.is_alive() else None

    def write_state(self, state: ServerState) -> None:
        self._write_private(self.state, json.dumps(asdict(state)))

    def read_port(self) -> int:
        """Return the port of the last run, 0 when there was none."""
        try:
            return int(self._port.read_text())
        except (OSError, ValueError):
            return 0

    def write_port(self, port: int) -> None:
        self._write_private(self._port, f"{port}\n")

    def read_token(self) -> str | None:
        try:
            return self.token.read_text().strip() or None
        except OSError:
            return None

    def write_token(self, token: str) -> None:
        """Keep a token instead of the one of before, also on a full disk."""
        try:
            self._write_private(self.token, token + "\n")
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT) or not self.token.exists():
                raise
            # The next start would make the one of before valid again. In its place there is room.
            with self.token.open("r+") as file:
                file.write(token + "\n")
                file.truncate()

    def write_settings(self, text: str) -> None:
        self._write_private(self.settings, text)

    def _require_ours(self) -> None:
        """Refuse a folder of something else: the server removes and hides what is in its own.

        One of before there was a mark has a store, or is held by a server that makes one.
        """
        if any(path.exists() for path in (self._mark, self.store, self.state)):
            return
        # A file system has this folder from the beginning.
        others = sorted(set(os.listdir(self.root)) - {"lost+found"})
        if others:
            raise FolderUnusable(
                f"{self.root} is not empty and no data folder of a local Outpost: it has "
                f"{others[0]}. Choose another one, or one that does not exist yet."
            )

    def _write_private(self, path: Path, text: str) -> None:
        partial = path.with_name(path.name + ".partial")
        partial.unlink(missing_ok=True)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w") as file:
            file.write(text)
        partial.replace(path)
