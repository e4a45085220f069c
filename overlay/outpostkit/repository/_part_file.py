"""A file that appears under its name when it is whole, and not before."""

import os
from typing import BinaryIO, Optional, Union

from outpostkit.exceptions import ConfigurationError

try:
    import fcntl
except ImportError:  # Windows: without its locks, nobody can take over what another has left.
    fcntl = None  # type: ignore[assignment]  # asked for below


class PartFile:
    """The file beside ``target`` that a download goes to until :meth:`commit` renames it.

    With a ``tag`` that identifies the content, what is kept after a failure is found again by the
    next download of the same content; a lock makes sure that only one at a time uses it.
    """

    def __init__(self, target: "Union[str, os.PathLike[str]]", tag: Optional[str] = None) -> None:
        self._target = os.path.abspath(os.fspath(target))
        self._tag = tag
        self._path = ""
        self._file: Optional[BinaryIO] = None

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
        folder, name = os.path.split(self._target)
        if os.path.isdir(self._target):
            raise ConfigurationError(f"{self._target!r} is a folder; name the file in it")
        if os.path.exists(self._target) and not os.path.isfile(self._target):
            # A device or a pipe would be replaced by a file of its name.
            raise ConfigurationError(
                f"{self._target!r} is not a regular file; open it and pass the open file"
            )
        if not os.path.isdir(folder):
            raise ConfigurationError(f"there is no folder {folder!r}; make it first")
        if self._tag is not None:
            self._path = os.path.join(folder, f".{name[:40]}.{self._tag[:16]}.part")
            self._file = _locked(self._path)
        if self._file is None:
            self._path = os.path.join(folder, f".{name[:40]}.{os.urandom(8).hex()}.part")
            self._file = _opened(self._path, os.O_EXCL)

    def commit(self) -> None:
        """Give the file its name, in place of whatever had it."""
        self.file.flush()
        # Else a crash of the machine could leave the name without the bytes.
        os.fsync(self.file.fileno())
        if fcntl is None:
            self.file.close()  # Windows renames no open file.
        os.replace(self._path, self._target)
        self.file.close()
        self._file = None

    def give_up(self, *, keep: bool) -> None:
        """Close the file; unless it is to be kept for the next attempt, remove it."""
        if self._file is None:
            return
        file, self._file = self._file, None
        if keep and self._tag is not None and fcntl is not None:
            file.close()
        elif fcntl is not None:
            # Removed while it is still locked: afterwards it may be somebody else's.
            os.unlink(self._path)
            file.close()
        else:
            file.close()
            os.unlink(self._path)


def _locked(path: str) -> Optional[BinaryIO]:
    """Open a file that nobody else is using, or return None."""
    if fcntl is None:
        return None
    try:
        file = _opened(path, 0)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Whoever had it may have renamed or removed it since it was opened.
        if os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
            return file
    except OSError:
        pass
    file.close()
    return None


def _opened(path: str, flags: int) -> BinaryIO:
    """Open a file, made if need be with the permissions that any new file of this user has."""
    # A link of that name could lead anywhere.
    flags |= os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o666), "r+b")
