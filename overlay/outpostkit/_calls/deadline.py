"""Keeping a call within its deadline while its phases have limits of their own.

Our transports look at the clock before every read and write, and so do those of httpx in blocking
code, where proxies need them (:mod:`outpostkit.transport._watched`). In ``async`` code, whatever
else there is can be cancelled. What is left is code of others that blocks: the iterator or file
that a body is made from in blocking code, and transports that somebody else has written. They are
heard when they come back, and then the time is over.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Dict, Iterator, Optional, Type

import httpx

from outpostkit._calls.driving import Clock

#: Seconds by phase: connect, read, write, pool.
Phases = Dict[str, Optional[float]]

_OUT_OF_TIME: Dict[str, Type[httpx.TimeoutException]] = {
    "connect": httpx.ConnectTimeout,
    "pool": httpx.PoolTimeout,
    "write": httpx.WriteTimeout,
}


class ShrinkingTimeout(Phases):
    """The timeouts of the phases of a request, cut to what is left of the call when one begins.

    Our transports ask for a phase's number with ``get`` before every read and write; httpcore asks
    when a phase begins, and once for a whole body. Whoever asks too late gets the timeout itself.
    """

    __slots__ = ("clock", "until")

    def __init__(self, phases: Phases, until: Optional[float], clock: Clock) -> None:
        super().__init__(phases)
        #: When the call must be over, by the clock; None means never.
        self.until = until
        self.clock = clock

    def get(  # type: ignore[override]  # only ever asked for phases, with or without a default
        self, phase: str, default: Optional[float] = None
    ) -> Optional[float]:
        allowed = super().get(phase, default)
        if self.until is None:
            return allowed
        left = self.until - self.clock.monotonic()
        if left <= 0:
            # 0 would mean "do not wait" to a socket, and what trickles in would be taken for ever.
            raise _OUT_OF_TIME.get(phase, httpx.ReadTimeout)("the deadline of the call has passed")
        # No more than the two weeks of milliseconds that poll() can count.
        return min(left, 1e6) if allowed is None or left < allowed else allowed


class WatchedStream(httpx.SyncByteStream):
    """A body whose reading stops at the deadline, however slowly it trickles in."""

    def __init__(self, response: httpx.Response, until: float, clock: Clock) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        self._stream = response.stream
        self._request = response.request
        self._until = until
        self._clock = clock
        length = response.headers.get("content-length", "")
        self._length = int(length) if length.isdigit() else -1
        # Ours shrinks the limit of every read by itself; see ShrinkingTimeout.
        self._network = response.extensions.get("network_stream")

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        alarm: Optional[threading.Timer] = None
        try:
            for chunk in self._stream:
                if self._clock.monotonic() > self._until:
                    raise self._late()
                yield chunk
                received += len(chunk)
                if alarm is None and self._network is not None and received != self._length:
                    alarm = self._alarm()
        except httpx.TransportError as error:
            if alarm is not None and self._clock.monotonic() > self._until:
                raise self._late() from error
            raise
        finally:
            if alarm is not None:
                alarm.cancel()

    def close(self) -> None:
        self._stream.close()

    def _late(self) -> httpx.ReadTimeout:
        return httpx.ReadTimeout("the body did not end in time", request=self._request)

    def _alarm(self) -> Optional[threading.Timer]:
        """End the next read at the deadline: httpcore lets each take as long as the first could."""
        assert self._network is not None
        sock = self._network.get_extra_info("socket")
        if not isinstance(sock, socket.socket):
            return None
        alarm = threading.Timer(
            max(0.0, self._until - self._clock.monotonic()), _interrupt, (sock,)
        )
        alarm.daemon = True
        alarm.start()
        return alarm


def _interrupt(sock: socket.socket) -> None:
    # Closing here would let another socket take the number under the reader's hands.
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
