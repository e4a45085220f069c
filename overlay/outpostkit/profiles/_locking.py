"""One writer at a time: whoever changes a file reads it first, and what it read must stay true."""

import errno
import os
import time
from contextlib import contextmanager, suppress
from typing import Iterator

from outpostkit.exceptions import ConfigurationError

#: Seconds to wait for another writer, who needs milliseconds.
PATIENCE_S = 30.0
_PAUSE_S = 0.01
#: What file systems say that have no locks; a file there is written without.
_NO_LOCKS = frozenset({errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL})


@contextmanager
def only_one_writer(path: str) -> Iterator[None]:
    """Keep other threads and processes that ask for this from the file, which may be replaced.

    The file is there within, empty if it is new; when it stays so, it is removed again. On Windows
    a file beside it, which stays, is the lock.

    Raises:
        ConfigurationError: another one keeps it for longer than 30 seconds.
        OSError: it cannot be opened for writing.
    """
    until = time.monotonic() + PATIENCE_S
    descriptor = _locked(path, until)
    try:
        yield
    finally:
        if os.name == "posix":
            # While it is locked: whoever waits for it sees that it is another file by then.
            with suppress(OSError):
                if os.stat(path).st_size == 0:
                    os.unlink(path)
        os.close(descriptor)


def _locked(path: str, until: float) -> int:
    # Windows does not replace a file that is open, so there another file is the lock.
    lock = path if os.name == "posix" else f"{path}.lock"
    while True:
        # Only its owner can read it from the beginning.
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if _try_to_lock(descriptor) and _is_still(lock, descriptor):
                return descriptor
            if time.monotonic() >= until:
                raise ConfigurationError(
                    f"another program has kept {path} for {PATIENCE_S:g} seconds; end it, or try "
                    "again later"
                )
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        time.sleep(_PAUSE_S)


def _try_to_lock(descriptor: int) -> bool:
    """Lock an open file, if nobody else has; True where there are no locks."""
    try:
        if os.name == "posix":
            import fcntl

            # Not lockf: its locks are of the process, and another thread would get one, too.
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            # What it has is known by their name alone to type checkers of other systems.
            vars(msvcrt)["locking"](descriptor, vars(msvcrt)["LK_NBLCK"], 1)
    except ImportError:
        return True
    except OSError as problem:
        return problem.errno in _NO_LOCKS
    return True


def _is_still(path: str, descriptor: int) -> bool:
    """Tell whether an open file is the one of that path, and not one that was replaced."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(descriptor))
    except FileNotFoundError:
        return False
