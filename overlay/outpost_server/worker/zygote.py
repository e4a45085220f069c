"""The process from which replicas are forked, with what all of them import imported already.

It runs one thread and keeps no secret: what a replica may know comes through a socket that only
the replica reads. Its arguments are the descriptor of ``control``, a socket to the server, and the
modules that it imports beside. Each request over ``control`` names a job and brings three
descriptors; a fork of this process becomes the replica's supervisor, and a fork of that one the
worker.

It is also where descendants of a supervisor that was killed end up, in whatever session they are:
this process kills them.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

from outpost_server.worker import supervisor
from outpost_server.worker.confinement import identity
from outpost_server.worker.descendants import adopt_orphans, children, close_all_but, wake_on_child
from outpost_server.worker.preloading import ending_with, import_early, preload, warn_of_threads
from outpost_server.worker.settings import WorkerSettings

LENGTH = struct.Struct("!I")
# Supervisors end by themselves when the server does. This is for those that cannot.
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Job:
    """A replica to run: its settings, and three sockets.

    The ``lifeline`` is between the server and the supervisor, the ``channel`` between the server
    and the worker, and the worker is to listen on ``listener``.
    """

    settings: WorkerSettings
    lifeline: int
    channel: int
    listener: int


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        # Nor may replicas look into it: they inherit what it has, but not from each other.
        identity.set_dumpable(False)
    with ending_with(control):
        preload()
        import_early(sys.argv[2:])
    warn_of_threads(sys.argv[2:])
    own_lifeline_end, own_lifeline = os.pipe()
    # What is there now is never collected: forks then share these pages for good.
    gc.collect()
    gc.freeze()
    adopt_orphans()
    job = _serve(control)
    if job is not None:
        # Only forks come here. They leave through the end of this function, as any program does.
        close_all_but(job.lifeline, job.channel, job.listener, own_lifeline_end)
        lifelines = (job.lifeline, own_lifeline_end)
        supervisor.run(job.settings, lifelines, job.channel, job.listener)
        return
    os.close(own_lifeline)


def _serve(control: socket.socket) -> Job | None:
    """Fork for every request until the server ends. Returns in each fork, with its job."""
    woken = wake_on_child()
    supervisors: set[int] = set()
    while True:
        readable, _, _ = select.select([control.fileno(), woken], [], [])
        if woken in readable:
            os.read(woken, 512)
            _reap(supervisors)
        if control.fileno() in readable:
            job = _receive(control)
            if job is None:
                break
            pid = os.fork()
            if pid == 0:
                return job
            supervisors.add(pid)
            os.close(job.lifeline)
            os.close(job.channel)
            os.close(job.listener)
    while supervisors and select.select([woken], [], [], PATIENCE_S)[0]:
        os.read(woken, 512)
        _reap(supervisors)
    _end_all(set())
    return None


def _receive(control: socket.socket) -> Job | None:
    """Return the next job, or None when the server has ended, be it in the middle of a request."""
    head, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 3)
    head = _read_on(control, head, LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    body = _read_on(control, b"", length)
    if len(body) < length:
        return None
    return Job(WorkerSettings.from_json(body), *descriptors)


def _read_on(control: socket.socket, begun: bytes, length: int) -> bytes:
    while len(begun) < length and (part := control.recv(length - len(begun))):
        begun += part
    return begun


def _reap(supervisors: set[int]) -> None:
    """Reap what has ended. Any child that is no supervisor has lost its own: it ends, too."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            break
        supervisors.discard(pid)
    _end_all(supervisors)


def _end_all(spared: set[int]) -> None:
    while orphans := [pid for pid in children() if pid not in spared]:
        for pid in orphans:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in orphans:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)


# Processes that a template starts by multiprocessing import this file again, under another name.
if __name__ == "__main__":
    main()
