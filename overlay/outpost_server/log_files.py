"""Log lines in files: one JSON object per line, in the shape that the API returns.

Lines go straight to a file, so that they survive whatever happens to the process that wrote them.
Several processes append to one file at once: each line is a single write to a descriptor opened
for appending. Only the standard library is imported, because the supervisor of each replica uses
this module too.
"""

import fcntl
import json
import os
import time
from typing import Any

# Two files of this size per deployment and kind of log. The older one is dropped.
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_MESSAGE_CHARS = 64 * 1024

TEXTS = ("log_type", "level", "logger_name", "message")
LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 50}


def well_formed(text: str) -> str:
    """Return ``text`` with lone surrogates written out, as ``\\ud83d``: no UTF-8 has them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def log_line(
    log_type: str,
    level: str,
    logger_name: str,
    message: str,
    *,
    pod_name: "str | None" = None,
    **extra: Any,
) -> bytes:
    """Return one line. ``pod_name`` ends in the replica's id. Extra values of None are left out."""
    message = well_formed(message)
    if len(message) > MAX_MESSAGE_CHARS:
        message = message[:MAX_MESSAGE_CHARS] + " [cut]"
    data: dict[str, Any] = {
        "level_num": LEVELS.get(level, 20),
        "log_type": log_type,
        "level": well_formed(level),
        "logger_name": well_formed(logger_name),
        "message": message,
    }
    for name, value in extra.items():
        if value is not None:
            data[name] = well_formed(value) if isinstance(value, str) else value
    if pod_name is not None:
        # Where the published clients look for the replica: after the last "-".
        data["kubernetes"] = {"pod_name": pod_name}
    # The time comes first so that a reader can skip lines without parsing them.
    texts = {
        name: well_formed(value) if isinstance(value, str) else value
        for name, value in data.items()
    }
    line = {"timestamp": str(time.time_ns()), "data": texts}
    return json.dumps(line, separators=(",", ":"), default=str).encode() + b"\n"


def is_log_line(line: bytes) -> bool:
    """Tell whether a line, which anyone may have written, is as :func:`log_line` writes them."""
    if not line.startswith(b'{"timestamp":"') or line.find(b"\n") != len(line) - 1:
        return False
    try:
        read = json.loads(line)
        return (
            read.keys() == {"timestamp", "data"}
            and len(read["timestamp"]) == 19
            and read["timestamp"].isdigit()
            and all(isinstance(read["data"][name], str) for name in TEXTS)
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


class LogFile:
    """Appends lines to ``path`` and moves it to ``path.1`` when it has grown too large."""

    def __init__(self, path: str, max_bytes: int = MAX_FILE_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._fd = -1
        self._open()

    def write(self, line: bytes) -> None:
        try:
            found = os.stat(self._path)
            if found.st_ino != self._inode:
                self._open()
            elif found.st_size > self._max_bytes:
                self._rotate()
        except FileNotFoundError:
            return  # the endpoint has been deleted; so have its logs
        os.write(self._fd, line)

    def close(self) -> None:
        os.close(self._fd)

    def _rotate(self) -> None:
        # Another process may be about to do the same: only one of them may still find its own
        # file here.
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        if os.stat(self._path).st_ino == self._inode:
            os.replace(self._path, self._path + ".1")
        self._open()

    def _open(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._inode = os.fstat(self._fd).st_ino
