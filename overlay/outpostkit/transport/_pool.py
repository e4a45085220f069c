"""Which connection carries which request: the bookkeeping of both transports, without I/O.

Every operation takes the same time however many connections there are. httpx's own pool looks at
all of them for every request, which is most of its cost when many requests run at once.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Callable, Deque, Dict, Generic, Optional, Set, TypeVar, Union

import httpx

from outpostkit.transport._request import Origin

#: httpx keeps 20 idle connections for 5 seconds: a program with 32 requests at once then opens new
#: ones all the time, and one that polls every 10 seconds never uses one twice.
DEFAULT_LIMITS = httpx.Limits(
    max_connections=100, max_keepalive_connections=100, keepalive_expiry=30.0
)


def widened(limits: httpx.Limits, by: int) -> httpx.Limits:
    """Return limits with that many places more, where they are limited."""
    most, idle = limits.max_connections, limits.max_keepalive_connections
    return httpx.Limits(
        max_connections=None if most is None else most + by,
        max_keepalive_connections=None if idle is None else idle + by,
        keepalive_expiry=limits.keepalive_expiry,
    )


class PooledConnection:
    """What the pool has to know about a connection."""

    __slots__ = ("expires_at", "origin")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        #: When it stops being worth keeping; of the clock whose time the pool is given.
        self.expires_at: Optional[float] = None

    def close(self) -> None:
        """Close it now, without waiting for anything."""
        raise NotImplementedError

    def interrupt(self) -> None:
        """Make whoever uses it now fail soon."""
        raise NotImplementedError


C = TypeVar("C", bound=PooledConnection)


class Waiter(Generic[C]):
    """A request in the queue."""

    __slots__ = ("connection", "granted", "origin", "wake")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        #: Called once: when something was granted, or when the pool was closed.
        self.wake: Callable[[], object] = _nobody_waits
        self.granted = False
        #: The connection that was handed over; None means the right to open one.
        self.connection: Optional[C] = None


def _nobody_waits() -> None:
    pass


class Pool(Generic[C]):
    """At most ``max_connections`` connections, and a first-come-first-served queue beyond that.

    A connection is idle or busy, or its place is taken by one being opened. Requests wait only
    while every place is busy, so what becomes free goes to the first in the queue and wakes
    nobody else.

    Not thread-safe: the blocking transport holds a lock around each call.
    """

    def __init__(self, limits: httpx.Limits) -> None:
        self._max = limits.max_connections
        self._max_idle = limits.max_keepalive_connections
        self._keepalive_s = limits.keepalive_expiry
        self._opening = 0
        self._busy: Set[C] = set()
        #: All idle connections, the one that rested longest first.
        self._idle: OrderedDict[C, None] = OrderedDict()
        self._idle_by_origin: Dict[Origin, OrderedDict[C, None]] = {}
        self._queue: OrderedDict[Waiter[C], None] = OrderedDict()
        #: Connections whose response was garbage-collected unread. Collection can happen in any
        #: thread and at any moment, so this may be appended to without the lock.
        self.abandoned: Deque[C] = deque()
        self.closed = False

    def __len__(self) -> int:
        """How many places are taken."""
        return len(self._busy) + len(self._idle) + self._opening

    def acquire(self, origin: Origin, now: float) -> Union[C, Waiter[C], None]:
        """Return an idle connection, or None for the right to open one, or a place in the queue."""
        self.check_open()
        while self.abandoned:
            self.discard(self.abandoned.popleft())
        # The connection used last is the least likely to have been closed by the server.
        idle = self._idle_by_origin.get(origin)
        while idle:
            connection = next(reversed(idle))
            self._remove_idle(connection)
            if connection.expires_at is None or connection.expires_at > now:
                self._busy.add(connection)
                return connection
            connection.close()
        self._close_expired(now)
        if self._max is not None and len(self) >= self._max:
            if not self._idle:
                waiter: Waiter[C] = Waiter(origin)
                self._queue[waiter] = None
                return waiter
            self._close_oldest()
        self._opening += 1
        return None

    def check_open(self) -> None:
        """Refuse to work for a transport that has been closed."""
        if self.closed:
            raise RuntimeError("this transport has been closed; make another one")

    def opened(self, connection: C) -> None:
        """Take note of the connection that a granted place was used for."""
        self._opening -= 1
        self._busy.add(connection)
        if self.closed:
            connection.interrupt()

    def not_opened(self) -> None:
        """Give back a granted place."""
        self._opening -= 1
        self._grant_place()

    def reopen(self, connection: C) -> None:
        """Close a busy connection and keep its place for one to be opened instead."""
        if connection in self._busy:
            self._busy.remove(connection)
            self._opening += 1
        connection.close()

    def release(self, connection: C, now: float, idle_limit_s: Optional[float] = None) -> None:
        """Take back a connection that can be used again."""
        if connection not in self._busy:
            connection.close()  # forgotten meanwhile, because the process forked
            return
        if self._queue:
            waiter, _ = self._queue.popitem(last=False)
            if waiter.origin == connection.origin:
                waiter.connection = connection
            else:
                self._busy.remove(connection)
                connection.close()
                self._opening += 1
            waiter.granted = True
            waiter.wake()
            return
        self._busy.remove(connection)
        keep_s = self._keepalive_s
        if idle_limit_s is not None:
            # Leave before the server does: a request sent at that moment would be lost.
            hint_s = max(0.0, idle_limit_s - 1.0)
            keep_s = hint_s if keep_s is None else min(keep_s, hint_s)
        if self.closed or keep_s == 0 or self._max_idle == 0:
            connection.close()
            return
        connection.expires_at = None if keep_s is None else now + keep_s
        if self._max_idle is not None and len(self._idle) >= self._max_idle:
            self._close_oldest()
        self._idle[connection] = None
        same = self._idle_by_origin.get(connection.origin)
        if same is None:
            same = self._idle_by_origin[connection.origin] = OrderedDict()
        same[connection] = None

    def discard(self, connection: C) -> None:
        """Close a connection, busy or idle, and free its place. Doing it twice does no harm."""
        connection.close()
        if connection in self._busy:
            self._busy.remove(connection)
            self._grant_place()
        elif connection in self._idle:
            self._remove_idle(connection)

    def give_up(self, waiter: Waiter[C], now: float) -> None:
        """Leave the queue; what was granted in the same moment goes to the next."""
        if not waiter.granted:
            self._queue.pop(waiter, None)
        elif waiter.connection is not None:
            self.release(waiter.connection, now)
        else:
            self.not_opened()

    def widen(self, by: int) -> None:
        """Have that many places more, or fewer if negative: for what is idle, and in all."""
        if self._max is not None:
            self._max += by
        if self._max_idle is not None:
            self._max_idle += by
            while len(self._idle) > self._max_idle:
                self._close_oldest()
        while self._queue and (self._max is None or len(self) < self._max):
            self._grant_place()

    def close(self) -> None:
        """Close what is idle, interrupt what is busy and let everyone in the queue fail."""
        self.closed = True
        while self._idle:
            self._close_oldest()
        for connection in list(self._busy):
            connection.interrupt()
        while self._queue:
            waiter, _ = self._queue.popitem(last=False)
            waiter.wake()

    def forget(self) -> None:
        """Close everything without a word to the other side: it belongs to another process."""
        for connection in [*self._idle, *self._busy]:
            connection.close()
        self._idle.clear()
        self._idle_by_origin.clear()
        self._busy.clear()
        self.closed = True

    def _grant_place(self) -> None:
        if self._queue:
            waiter, _ = self._queue.popitem(last=False)
            self._opening += 1
            waiter.granted = True
            waiter.wake()

    def _remove_idle(self, connection: C) -> None:
        del self._idle[connection]
        same = self._idle_by_origin[connection.origin]
        del same[connection]
        if not same:
            del self._idle_by_origin[connection.origin]

    def _close_oldest(self) -> None:
        oldest = next(iter(self._idle))
        self._remove_idle(oldest)
        oldest.close()

    def _close_expired(self, now: float) -> None:
        while self._idle:
            oldest = next(iter(self._idle))
            if oldest.expires_at is None or oldest.expires_at > now:
                return
            self._remove_idle(oldest)
            oldest.close()
