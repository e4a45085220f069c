"""A connected socket, plain or TLS, read and written by one thread at a time."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from typing import Optional, Union

import httpx

from outpostkit.transport._exchange import LARGE_BYTES
from outpostkit.transport._pool import PooledConnection
from outpostkit.transport._readiness import NOTHING, READABLE, WRITABLE, wait_ready
from outpostkit.transport._request import Origin

#: More than a record of TLS, so that nothing that has arrived stays hidden in the TLS layer.
READ_BYTES = 64 * 1024
#: Written at once, so that we look for an answer now and then while a fast server takes it all.
WRITE_BYTES = 1024 * 1024

#: How a socket says that nothing happened in time; the last two are those of TLS.
TIMED_OUT = (socket.timeout, BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class SyncConnection(PooledConnection):
    """A connected socket, plain or TLS."""

    __slots__ = ("_closed", "_sock", "_timeout_s", "reused")

    def __init__(self, origin: Origin, sock: socket.socket) -> None:
        super().__init__(origin)
        self._sock = sock
        self._timeout_s: object = ...  # unknown: neither a number nor None
        self._closed = False
        self.reused = False

    def _set_timeout(self, timeout_s: Optional[float]) -> None:
        # Each change is a system call, and most requests of a program use the same value.
        if timeout_s != self._timeout_s:
            self._sock.settimeout(timeout_s)
            self._timeout_s = timeout_s

    def receive(self, timeout_s: Optional[float]) -> bytes:
        """Return what has arrived, waiting for it if need be; empty at the end."""
        try:
            self._set_timeout(timeout_s)
            return self._sock.recv(READ_BYTES)
        except TIMED_OUT as error:
            raise httpx.ReadTimeout(f"the server sent nothing for {timeout_s:.3g} s") from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    def send(
        self, data: Union[bytes, memoryview], timeout_s: Optional[float]
    ) -> Optional[memoryview]:
        """Write once; return what is left to write, or None.

        Of large data nothing may be written: whether there is room is what :meth:`listen` waits
        for, which hears a server that does not read on before we have read.
        """
        large = len(data) >= LARGE_BYTES
        try:
            self._set_timeout(0 if large else timeout_s)
            count = self._sock.send(memoryview(data)[:WRITE_BYTES] if large else data)
        except TIMED_OUT as error:
            if large:
                return memoryview(data)
            raise httpx.WriteTimeout(f"the server took nothing for {timeout_s} s") from error
        except OSError as error:
            raise httpx.WriteError(str(error)) from error
        return None if count == len(data) else memoryview(data)[count:]

    def listen(self, timeout_s: Optional[float]) -> Optional[bytes]:
        """Wait until more can be written, or return what the server says first."""
        try:
            while True:
                ready = wait_ready(self._sock.fileno(), READABLE | WRITABLE, timeout_s)
                if ready == NOTHING:
                    raise httpx.WriteTimeout(f"the server took nothing for {timeout_s} s")
                if ready & READABLE:
                    self._set_timeout(0)
                    # TLS has bytes of its own (session tickets), so there may be nothing for us.
                    with suppress(*TIMED_OUT):
                        return self._sock.recv(READ_BYTES)
                if ready & WRITABLE:
                    return None
        except (OSError, ValueError) as error:
            raise httpx.ReadError(str(error)) from error

    def is_stale(self) -> bool:
        """Whether the server closed the connection, or sent something nobody asked for."""
        try:
            return wait_ready(self._sock.fileno(), READABLE, 0) != NOTHING
        except (OSError, ValueError):
            return True

    def interrupt(self) -> None:
        """Wake a thread that is reading or writing; that thread closes the connection."""
        # Closing here would let another socket take the number under that thread's hands. And a TLS
        # socket's own shutdown() would take the TLS state away from it.
        with suppress(OSError):
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def resource(self) -> object:
        return self._sock

    def close(self) -> None:
        self._sock.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # when __init__ was interrupted
            self._sock.close()
