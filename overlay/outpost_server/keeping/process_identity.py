"""Recognising a process again: a process id alone may belong to a stranger by now."""

from __future__ import annotations

import functools
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessIdentity:
    """A process, told apart from later ones with the same id by when it started."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """Return the identity of ``pid``, or None when there is no such process."""
        started = _start_time(pid)
        return None if started is None else cls(pid, started)

    def is_alive(self) -> bool:
        return _start_time(self.pid) == self.started

    def kill_group(self) -> None:
        """Kill the process and its group, unless it is gone, whoever has its id by now."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)


def _start_time(pid: int) -> str | None:
    """Return the boot and the tick at which ``pid`` started; None when it is gone or a zombie."""
    boot = _boot()
    if boot is None:
        return _start_time_without_proc(pid)
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The command name may hold spaces and parentheses; the fields after it do not.
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in b"ZX" else f"{boot}:{fields[19].decode()}"


@functools.cache
def _boot() -> str | None:
    """Return what the system calls this run of itself, None where it has no ``/proc``."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None


def _start_time_without_proc(pid: int) -> str | None:
    import subprocess

    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or None
