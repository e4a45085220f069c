"""Between the server and one worker: nothing that the worker starts outlives the server.

Run as a script, with the standard library only, so that it is up in a few milliseconds. It starts
the worker, copies the worker's output into the runtime log, and ends the worker with all its
descendants when

* the server closes the lifeline pipe or dies, however it dies: the kernel then closes the pipe; or
* the worker itself has ended: what it left running ends too.

A thread inside the worker could watch the pipe instead, but code that holds the interpreter lock
would stop it.
"""

import importlib
import os
import select
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outpostkit.local.log_files import LogFile

PR_SET_CHILD_SUBREAPER = 36
MAX_LINE_BYTES = 64 * 1024


def main() -> int:
    lifeline, report, log_path, pod_name = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:5]
    command = sys.argv[5:]
    # The server decides when this process ends, through the lifeline only.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)

    stdout, worker_stdout = os.pipe()
    stderr, worker_stderr = os.pipe()
    worker = os.fork()
    if worker == 0:
        _become(command, report, worker_stdout, worker_stderr)
    for fd in (worker_stdout, worker_stderr, report):
        os.close(fd)
    _adopt_orphans()
    output = _Output(_open_log(log_path), pod_name, {stdout: "stdout", stderr: "stderr"})
    poll = select.poll()
    for fd in (lifeline, woken, stdout, stderr):
        poll.register(fd, select.POLLIN | select.POLLHUP)

    status = None
    lifeline_cut = False
    while status is None and not lifeline_cut:
        for fd, _ in poll.poll():
            if fd == lifeline:
                lifeline_cut = not os.read(lifeline, 1)
            elif fd == woken:
                os.read(woken, 512)
                status = _reap(worker)
            elif output.read(fd) == 0:
                poll.unregister(fd)
    end_tree(worker)
    if status is None:
        _, status = os.waitpid(worker, 0)
    end_descendants()
    output.drain()
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _become(command: list[str], report: int, stdout: int, stderr: int) -> None:
    """Replace the forked child by the worker. Never returns."""
    try:
        os.setpgid(0, 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        os.set_inheritable(report, True)
        os.execv(command[0], command)
    finally:
        os._exit(127)


def _adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends, also in sessions of their own."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _reap(worker: int) -> "int | None":
    """Reap every ended child; return the worker's status if it is among them."""
    status = None
    while True:
        try:
            pid, found = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return status
        if pid == 0:
            return status
        if pid == worker:
            status = found


def end_tree(worker: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)


def end_descendants() -> None:
    """Kill children until there are none; their own children become ours meanwhile."""
    while True:
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, _ = os.waitpid(-1, 0 if _children() else os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _open_log(path: str) -> "LogFile":
    # Imported after the fork, while the worker is busy with its own imports. Under `python -I` no
    # folder of ours is on the path, and the package's own __init__ files are not needed here.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return importlib.import_module("log_files").LogFile(path)  # type: ignore[no-any-return]  # as annotated


class _Output:
    """Turns what the worker prints into log lines."""

    def __init__(self, log: "LogFile", pod_name: str, names: "dict[int, str]") -> None:
        self._log = log
        self._pod_name = pod_name
        self._names = names
        self._partial = dict.fromkeys(names, b"")
        self._log_line = importlib.import_module("log_files").log_line
        for fd in names:
            os.set_blocking(fd, False)

    def read(self, fd: int) -> "int | None":
        """Copy what is there and return its size: 0 at the end, None when nothing is there now."""
        try:
            chunk = os.read(fd, 65536)
        except BlockingIOError:
            return None
        lines = (self._partial[fd] + chunk).split(b"\n")
        rest = lines.pop()
        if rest and (not chunk or len(rest) > MAX_LINE_BYTES):
            lines.append(rest)
            rest = b""
        self._partial[fd] = rest
        for line in lines:
            self._write(self._names[fd], line)
        return len(chunk)

    def drain(self) -> None:
        for fd, name in self._names.items():
            # Bounded: a process that escaped might still hold the other end and keep writing.
            for _ in range(64):
                if not self.read(fd):
                    break
            self._write(name, self._partial.pop(fd, b""))

    def _write(self, name: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text:
            self._log.write(self._log_line("runtime", "INFO", name, text, pod_name=self._pod_name))


if __name__ == "__main__":
    sys.exit(main())
