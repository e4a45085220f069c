"""Processes that a template forks from its replica: they end where its own code ends."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import traceback
from collections.abc import Collection, Iterable
from types import TracebackType
from typing import Any, NoReturn

from outpost_server.worker.guarding.printing import end_process


class Forks:
    """As a context: a fork that leaves it, by an exception or not, ends as a program does.

    It would go on serving its parent's requests otherwise.
    """

    def __init__(self) -> None:
        self._is_fork = False
        self._listener: socket.socket | None = None
        self._connections: Collection[Any] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def watch(self, listener: socket.socket) -> None:
        """Part the forks of this process from what requests come through."""
        self._listener = listener
        os.register_at_fork(after_in_child=self._leave)

    def serve(self, connections: Collection[Any]) -> None:
        """Part them from these, too, the protocols of uvicorn. Called on the event loop."""
        self._connections = connections
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()

    def _leave(self) -> None:
        self._is_fork = True
        transports = [one.transport for one in self._connections if one.transport is not None]
        sockets = [self._listener, *(one.get_extra_info("socket") for one in transports)]
        _lead_nowhere(one.fileno() for one in sockets if one is not None)
        if self._loop is not None and threading.get_ident() == self._thread:
            self._loop.call_soon(_end_waiting)

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_fork:
            _end(error)


#: Those of this process.
FORKS = Forks()


def _lead_nowhere(descriptors: Iterable[int]) -> None:
    """Have what the fork writes there reach nobody; the parent's descriptors are its own."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in descriptors:
        if fd >= 0:
            os.dup2(nowhere, fd, inheritable=False)
    os.close(nowhere)


def _end_waiting() -> NoReturn:
    told = "A forked process has no event loop to wait on: it ends where it begins to wait."
    _end(SystemExit(told))


def _end(error: BaseException | None) -> NoReturn:
    try:
        code = _exit_code(error)
    except BaseException:  # what it raised cannot be printed
        code = 1
    end_process(code)


def _exit_code(error: BaseException | None) -> int:
    """Return the exit code that Python gives for an exception, printing what it prints."""
    if error is None or isinstance(error, StopIteration):
        return 0
    if not isinstance(error, SystemExit):
        traceback.print_exception(error)
        return 1
    if error.code is None or isinstance(error.code, int):
        return (error.code or 0) & 0xFF
    print(error.code, file=sys.stderr)
    return 1
