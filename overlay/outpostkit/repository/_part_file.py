"""A file that appears under its name when it is whole, and not before."""

import hashlib
import os
import re
import stat
from contextlib import suppress
from typing import BinaryIO, List, Optional, Union

from outpostkit.exceptions import ConfigurationError

try:
    import fcntl
except ImportError:  # Windows: without its locks, nobody can take over what another has left.
    fcntl = None  # type: ignore[assignment]  # asked for below


class PartFile:
    """The file beside ``target`` that a download goes to until :meth:`commit` renames it.

    With a ``tag`` that identifies the content, what is kept after a failure, or by a program that
    was killed, is found again by the next download of the same content; a lock makes sure that
    only one at a time uses it. Whoever finds it taken has a part of another name.

    Attributes:
        target: the whole path of the file that is to appear.
        proof: a file beside the part that has the same fate; None where no part is found again.
    """

    def __init__(
        self,
        target: "Union[str, os.PathLike[str]]",
        tag: Optional[str] = None,
        *,
        has_proof: bool = False,
    ) -> None:
        self.target = os.path.abspath(os.fspath(target))
        self._tag = tag
        self._has_proof = has_proof
        self._path = ""
        self._file: Optional[BinaryIO] = None
        self.proof: Optional[BinaryIO] = None

    @property
    def file(self) -> BinaryIO:
        """The file, readable and writable."""
        assert self._file is not None, "it is opened first"
        return self._file

    def open(self) -> None:
        """Make the file, or find the one that was left.

        Raises:
            ConfigurationError: the target is a folder or a device, or its folder does not exist.
        """
        folder = os.path.dirname(self.target)
        if os.path.isdir(self.target):
            raise ConfigurationError(f"{self.target!r} is a folder; name the file in it")
        if os.path.exists(self.target) and not os.path.isfile(self.target):
            # A device or a pipe would be replaced by a file of its name.
            raise ConfigurationError(
                f"{self.target!r} is not a regular file; open it and pass the open file"
            )
        if not os.path.isdir(folder):
            raise ConfigurationError(f"there is no folder {folder!r}; make it first")
        if self._tag is not None:
            self._path = self._beside(self._tag[:16])
            self._file = _locked(self._path, os.O_CREAT)
            if self._file is not None and self._has_proof:
                with suppress(OSError):  # somebody's link of that name, such as
                    self.proof = _opened(_proof_of(self._path), os.O_CREAT)
        if self._file is None:
            self._path = self._beside(os.urandom(8).hex())
            self._file = _opened(self._path, os.O_CREAT | os.O_EXCL)
            if fcntl is not None:
                with suppress(OSError):  # not every file system has locks
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def commit(self) -> None:
        """Give the file its name, in place of whatever had it; remove what others have left."""
        self.file.flush()
        # Else a crash of the machine could leave the name without the bytes.
        os.fsync(self.file.fileno())
        self._remove_proof()
        if fcntl is None:
            self.file.close()  # Windows renames no open file.
        os.replace(self._path, self.target)
        self.file.close()
        self._file = None
        # Parts of other versions, and of programs that were killed: nothing will go on with them.
        with suppress(OSError):
            self._remove_left()

    def give_up(self, *, keep: bool) -> None:
        """Close the file; unless it is to be kept for the next attempt, remove it."""
        if self._file is None:
            return
        is_kept = keep and self._tag is not None and fcntl is not None
        if not is_kept:
            self._remove_proof()
        elif self.proof is not None:
            self.proof.close()
        file, self._file = self._file, None
        if is_kept:
            file.close()
        elif fcntl is not None:
            # Removed while it is still locked: afterwards it may be somebody else's.
            os.unlink(self._path)
            file.close()
        else:
            file.close()
            os.unlink(self._path)

    def _beside(self, tag: str) -> str:
        folder, name = os.path.split(self.target)
        return os.path.join(folder, f".{_stem(name)}.{tag}.part")

    def _remove_proof(self) -> None:
        if self.proof is not None:
            self.proof.close()
            self.proof = None
            with suppress(OSError):
                os.unlink(_proof_of(self._path))

    def _remove_left(self) -> None:
        if fcntl is None:
            return
        for path in self._left():
            file = _locked(path)
            if file is not None:  # else somebody is filling it
                with file, suppress(OSError):
                    os.unlink(path)
                    os.unlink(_proof_of(path))

    def _left(self) -> List[str]:
        folder, name = os.path.split(self.target)
        pattern = re.compile(re.escape(f".{_stem(name)}.") + r"[0-9a-f]{16}\.part")
        return [
            os.path.join(folder, each) for each in os.listdir(folder) if pattern.fullmatch(each)
        ]


def _stem(name: str) -> str:
    """Return a name short enough to be a part of one, and not that of another file."""
    if len(name) <= 40:
        return name
    return f"{name[:31]}-{hashlib.sha256(os.fsencode(name)).hexdigest()[:8]}"


def _proof_of(path: str) -> str:
    return f"{path[: -len('.part')]}.proof"


def _locked(path: str, flags: int = 0) -> Optional[BinaryIO]:
    """Open a file that nobody else is using, or return None."""
    if fcntl is None:
        return None
    try:
        file = _opened(path, flags)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        opened = os.fstat(file.fileno())
        # Whoever had it may have renamed or removed it since it was opened.
        if os.path.samestat(opened, os.stat(path)) and _is_ours(opened):
            return file
    except OSError:
        pass
    file.close()
    return None


def _is_ours(opened: os.stat_result) -> bool:
    """Tell whether nobody else can have put it there, under a name that could be guessed."""
    is_file = stat.S_ISREG(opened.st_mode) and opened.st_nlink == 1
    return is_file and opened.st_uid == os.geteuid()


def _opened(path: str, flags: int) -> BinaryIO:
    """Open a file, made if need be with the permissions that any new file of this user has.

    What is written to it is with the system at once, so that a program that is killed has not lost
    it.
    """
    # A link of that name could lead anywhere, and opening a pipe could take for ever.
    flags |= os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NONBLOCK", 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b", buffering=0)
