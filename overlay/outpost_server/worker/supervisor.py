"""Between the server and one worker: nothing that the worker starts outlives the server.

A fork of the zygote. It starts the worker, copies the worker's output into the runtime log, and
ends the worker with all its descendants when

* the server closes its side of the lifeline or dies, however it dies: the kernel then closes it;
* the zygote dies, which would end the descendants of a supervisor that dies; or
* the worker itself has ended: what it left running ends too.

A thread inside the worker could watch the lifeline instead, but code that holds the interpreter
lock would stop it. What is said over it, such as which process is to be killed, the server
believes: the worker has no way to it.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
from contextlib import suppress
from tempfile import TemporaryFile

from outpost_server.log_files import LogFile, is_log_line, log_line
from outpost_server.worker.confinement import identity
from outpost_server.worker.descendants import adopt_orphans, children, close_all_but, wake_on_child
from outpost_server.worker.logs import MAX_RECORD_BYTES, WRITTEN, record_sockets
from outpost_server.worker.resources.limits import Limits, MemoryWatch
from outpost_server.worker.settings import WorkerSettings

MAX_LINE_BYTES = 64 * 1024
MEMORY_INTERVAL_MS = 500
#: The output that is log lines already, one a message.
RECORDS = "records"
PR_SET_NAME = 15


def run(settings: WorkerSettings, lifelines: tuple[int, int], channel: int, listener: int) -> None:
    """Supervise one worker and end this process. In the worker, a fork, returns when it is done.

    The first lifeline is that to the server.
    """
    os.setsid()
    woken = wake_on_child()
    # The server decides when this process ends, through the lifeline only.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.chdir(settings.folder)
    stdout, worker_stdout = os.pipe()
    stderr, worker_stderr = os.pipe()
    records, worker_records = record_sockets()
    worker = os.fork()
    if worker == 0:
        os.dup2(worker_stdout, 1)
        os.dup2(worker_stderr, 2)
        close_all_but(channel, listener, worker_records)
        return _work(settings, channel, listener, worker_records)
    for fd in (channel, listener, worker_stdout, worker_stderr, worker_records):
        os.close(fd)
    _tell(lifelines[0], {"event": "started", "pid": worker})
    _name_process("outpost-super")
    adopt_orphans()
    try:
        log = LogFile(settings.runtime_log)
        names = {stdout: "stdout", stderr: "stderr", records: RECORDS}
        output = Output(log, settings.pod_name, names)
        status, reason = _supervise(worker, lifelines, woken, output, settings.limits)
    finally:
        # Whatever happened here, nothing may be left.
        _end_tree(worker)
        end_descendants()
    output.drain()
    code = os.waitstatus_to_exitcode(status)
    _tell(lifelines[0], {"event": "ended", "code": code, "reason": reason})
    os._exit(0)


def _tell(lifeline: int, what: dict[str, object]) -> None:
    with suppress(OSError):  # the server may be gone
        os.write(lifeline, json.dumps(what).encode() + b"\n")


def _supervise(
    worker: int, lifelines: tuple[int, int], woken: int, output: Output, limits: Limits
) -> tuple[int, str | None]:
    """Return the wait status of the worker, and why it was ended when that was done here."""
    poll = select.poll()
    for fd in (*lifelines, woken, *output.names):
        poll.register(fd, select.POLLIN | select.POLLHUP)
    memory = MemoryWatch(limits)
    reason = None
    while True:
        events = poll.poll(MEMORY_INTERVAL_MS if limits.memory_bytes else None)
        for fd, _ in events:
            if fd in lifelines:
                _end_tree(worker)
                return os.waitpid(worker, 0)[1], reason
            if fd == woken:
                os.read(woken, 512)
                status = _reap(worker)
                if status is not None:
                    return status, reason
            elif output.read(fd) == 0:
                poll.unregister(fd)
        if reason is None and memory.is_due():
            reason = memory.excess()
            if reason is not None:
                _end_tree(worker)


def _work(settings: WorkerSettings, channel: int, listener: int, records: int) -> None:
    """Become the worker: serve, or replace this process by the interpreter of an environment."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Only now, in the process that may know them, are the secrets read.
    os.environ.update(_read_environment(channel))
    os.environ.update(settings.variables)
    settings.limits.apply()
    try:
        settings.confinement.apply(settings.limits.memory_bytes)
    except OSError as error:
        reason = f"This machine could not isolate it: {error}"
        failed = {"event": "failed", "reason": reason, "traceback": None}
        os.write(channel, json.dumps(failed).encode() + b"\n")
        os._exit(1)
    python = settings.python
    if python is not None:
        told = _as_file(settings.to_json())
        descriptors = (channel, listener, records, told)
        for fd in descriptors:
            os.set_inheritable(fd, True)
        # -P: modules in the working directory must not replace those that are imported.
        command = [python, "-P", "-u", "-m", "outpost_server.worker"]
        os.execv(python, [*command, *map(str, descriptors)])
    _name_process("outpost-replica")
    sys.argv = ["outpost_server.worker"]
    from outpost_server.worker.resources.processors import adapt_loaded_libraries
    from outpost_server.worker.run import run_worker

    if sys.platform == "linux":
        # /proc/self is of use to a process only where it may look into itself.
        identity.set_dumpable(True)
        adapt_loaded_libraries()
    run_worker(settings, channel, listener, records)


def _as_file(text: str) -> int:
    """Return the descriptor of a file without a name that holds ``text``."""
    if sys.platform == "linux":
        fd = os.memfd_create("settings")
    else:
        with TemporaryFile() as file:
            fd = os.dup(file.fileno())
    os.write(fd, text.encode())
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _read_environment(channel: int) -> dict[str, str]:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(channel, 65536)
        if not part:
            os._exit(1)  # the server is gone
        line += part
    environment: dict[str, str] = json.loads(line)
    return environment


def _name_process(name: str) -> None:
    """Set what ``ps`` and ``top`` show; all forks would look like the zygote otherwise."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def _reap(worker: int) -> int | None:
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


def _end_tree(worker: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    with suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)  # it may be too young to have its group


def end_descendants() -> None:
    """Kill children until there are none; their own children become ours meanwhile."""
    while True:
        for pid in children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        try:
            pid, _ = os.waitpid(-1, 0 if children() else os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


class Output:
    """Turns what the worker prints into log lines."""

    def __init__(self, log: LogFile, pod_name: str, names: dict[int, str]) -> None:
        self.names = names
        self._log = log
        self._pod_name = pod_name
        self._partial = dict.fromkeys(names, b"")
        for fd in names:
            os.set_blocking(fd, False)

    def read(self, fd: int) -> int | None:
        """Copy what is there and return its size: 0 at the end, None when nothing is there now."""
        try:
            chunk = os.read(fd, MAX_RECORD_BYTES)
        except BlockingIOError:
            return None
        if self.names[fd] == RECORDS:
            if is_log_line(chunk):  # the template may send there what it likes
                self._append(chunk)
            with suppress(OSError):
                os.write(fd, WRITTEN)
            return len(chunk)
        lines = (self._partial[fd] + chunk).split(b"\n")
        rest = lines.pop()
        if rest and (not chunk or len(rest) > MAX_LINE_BYTES):
            lines.append(rest)
            rest = b""
        self._partial[fd] = rest
        for line in lines:
            self._write(self.names[fd], line)
        return len(chunk)

    def drain(self) -> None:
        for fd, name in self.names.items():
            # Bounded: a process that escaped might still hold the other end and keep writing.
            for _ in range(64):
                if not self.read(fd):
                    break
            if name != RECORDS:
                self._write(name, self._partial.pop(fd, b""))

    def _write(self, name: str, line: bytes) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text:
            self._append(log_line("runtime", "INFO", name, text, pod_name=self._pod_name))

    def _append(self, line: bytes) -> None:
        with suppress(OSError):  # a full disk must not end the replica
            self._log.write(line)
