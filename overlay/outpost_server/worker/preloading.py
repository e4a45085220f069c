"""Importing large libraries once, in the process from which replicas are forked."""

from __future__ import annotations

import os
import select
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module

# OpenBLAS reads it when it is loaded, and starts threads at once unless it is 1. Workers set how
# many they use, see outpost_server.worker.resources.processors.
BLAS_THREADS = "OPENBLAS_NUM_THREADS"


def import_early(names: Sequence[str]) -> None:
    """Import modules that may be missing: a template that needs one then says so itself."""
    before = os.environ.get(BLAS_THREADS)
    os.environ[BLAS_THREADS] = "1"
    for name in names:
        try:
            import_module(name)
        except Exception as error:
            print(f"cannot import {name} early: {type(error).__name__}: {error}", file=sys.stderr)
    if before is None:
        del os.environ[BLAS_THREADS]
    else:
        os.environ[BLAS_THREADS] = before


def warn_of_threads(names: Sequence[str]) -> None:
    """Say when the imported modules have left threads, which a fork does not have."""
    with suppress(OSError):
        threads = os.listdir("/proc/self/task")
        if len(threads) > 1:
            message = f"replicas lack {len(threads) - 1} threads that imports started: {names}"
            print(message, file=sys.stderr)


@contextmanager
def ending_with(control: socket.socket) -> Iterator[None]:
    """End this process when the other end of ``control`` is closed, also within an import.

    Afterwards there is one thread again, as a fork needs it.
    """
    done, finish = os.pipe()

    def watch() -> None:
        poll = select.poll()
        poll.register(control.fileno(), 0)  # only that it hangs up, which is always told
        poll.register(done, select.POLLIN)
        if not any(fd == done for fd, _ in poll.poll()):
            os._exit(0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        os.write(finish, b"1")
        thread.join()
        os.close(done)
        os.close(finish)
