"""Which connection carries which request: the bookkeeping of both transports, without I/O.

Every operation takes the same time however many connections there are. httpx's own pool looks at
all of them for every request, which is most of its cost when many requests run at once.

A signal handler may raise between any two steps of whatever is done here, and in whoever calls. So
a place is taken by a weak reference to what holds it: where that is lost on the way, nothing else
refers to it, and the place is free again. Of the two lists of idle connections one is the truth,
and the other only helps to find them.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict, deque
from contextlib import suppress
from typing import (
    TYPE_CHECKING,
    Callable,
    Deque,
    Dict,
    Generic,
    List,
    Optional,
    Set,
    TypeVar,
    Union,
    cast,
)

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


class Holder:
    """What a place is taken for, as long as anybody refers to it."""

    __slots__ = ("__weakref__", "held")

    held: Hold

    def resource(self) -> object:
        """Return what it closes at its own end, and must not lose to the garbage before."""
        return None


if TYPE_CHECKING:
    _Reference = weakref.ReferenceType[Holder]
else:
    _Reference = weakref.ref


class Hold(_Reference):
    """The place that a holder takes."""

    __slots__ = ("resource",)

    resource: object


class Permit(Holder):
    """The right to open a connection."""

    __slots__ = ()


class PooledConnection(Holder):
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
H = TypeVar("H", bound=Holder)


class Waiter(Generic[C]):
    """A request in the queue."""

    __slots__ = ("granted", "origin", "wake")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        #: Called once: when something was granted, or when the pool was closed.
        self.wake: Callable[[], object] = _nobody_waits
        #: The connection that was handed over, or the right to open one.
        self.granted: Union[C, Permit, None] = None


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
        #: Places that are taken: by busy connections, and by the right to open one.
        self._taken: Set[weakref.ReferenceType[Holder]] = set()
        #: All idle connections, the one that rested longest first.
        self._idle: OrderedDict[C, None] = OrderedDict()
        #: To find them by; what is not among all is not idle.
        self._idle_by_origin: Dict[Origin, OrderedDict[C, None]] = {}
        self._queue: OrderedDict[Waiter[C], None] = OrderedDict()
        #: Connections whose response was garbage-collected unread. Collection can happen in any
        #: thread and at any moment, so this may be appended to without the lock.
        self.abandoned: Deque[C] = deque()
        #: References to holders that are gone, by the same token.
        self._gone: Deque[weakref.ReferenceType[Holder]] = deque()
        self.closed = False

    def __len__(self) -> int:
        """How many places are taken."""
        return len(self._taken) + len(self._idle)

    def acquire(self, origin: Origin, now: float) -> Union[C, Permit, Waiter[C]]:
        """Return an idle connection, or the right to open one, or a place in the queue."""
        self.check_open()
        if self.abandoned or self._gone:
            self._recover()
        # The connection used last is the least likely to have been closed by the server.
        idle = self._idle_by_origin.get(origin)
        while idle:
            connection = next(reversed(idle))
            if not self._remove_idle(connection):
                continue
            if connection.expires_at is None or connection.expires_at > now:
                self._taken.add(connection.held)
                return connection
            connection.close()
        self._close_expired(now)
        if self._is_full():
            if not self._idle:
                waiter: Waiter[C] = Waiter(origin)
                self._queue[waiter] = None
                return waiter
            self._close_oldest()
        return self._take(Permit())

    def check_open(self) -> None:
        """Refuse to work for a transport that has been closed."""
        if self.closed:
            raise RuntimeError("this transport has been closed; make another one")

    def opened(self, permit: Permit, connection: C) -> None:
        """Take note of the connection that a permit was used for."""
        self._take(connection)
        self._taken.discard(permit.held)
        if self.closed:
            connection.interrupt()

    def not_opened(self, permit: Permit) -> None:
        """Give back a permit."""
        self._taken.discard(permit.held)
        self._grant_places()

    def reopen(self, connection: C) -> Permit:
        """Close a busy connection, and return the right to open one instead."""
        connection.close()
        permit = self._take(Permit())
        self._taken.discard(connection.held)
        return permit

    def release(self, connection: C, now: float, idle_limit_s: Optional[float] = None) -> None:
        """Take back a connection that can be used again."""
        if connection.held not in self._taken:
            connection.close()  # forgotten meanwhile, because the process forked
            return
        waiter = self._first_in_queue()
        if waiter is not None:
            if waiter.origin == connection.origin:
                self._grant(waiter, connection)
            else:
                connection.close()
                self._taken.discard(connection.held)
                self._grant_places()
            return
        self._taken.discard(connection.held)
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
        if connection.held in self._taken:
            self._taken.discard(connection.held)
            self._grant_places()
        else:
            self._remove_idle(connection)

    def give_up(self, waiter: Waiter[C], now: float) -> None:
        """Leave the queue; what was granted in the same moment goes to the next."""
        granted = waiter.granted
        if granted is None:
            self._queue.pop(waiter, None)
        elif isinstance(granted, Permit):
            self.not_opened(granted)
        else:
            self.release(granted, now)

    def look_again(self, waiter: Waiter[C]) -> None:
        """Grant a waiter what has become free without a word, because its holder was lost."""
        self._recover()
        if waiter.granted is None and waiter not in self._queue and not self.closed:
            self._queue[waiter] = None
            self._queue.move_to_end(waiter, last=False)  # it was to be granted something
        self._grant_places()

    def widen(self, by: int) -> None:
        """Have that many places more, or fewer if negative: for what is idle, and in all."""
        if self._max is not None:
            self._max += by
        if self._max_idle is not None:
            self._max_idle += by
            while len(self._idle) > self._max_idle:
                self._close_oldest()
        self._grant_places()

    def close(self) -> None:
        """Close what is idle, interrupt what is busy and let everyone in the queue fail."""
        self.closed = True
        while self._idle:
            self._close_oldest()
        for connection in self._busy():
            connection.interrupt()
        while self._queue:
            waiter, _ = self._queue.popitem(last=False)
            waiter.wake()

    def forget(self) -> None:
        """Close everything without a word to the other side: it belongs to another process."""
        for connection in [*self._idle, *self._busy()]:
            connection.close()
        self._idle.clear()
        self._idle_by_origin.clear()
        self._taken.clear()
        self.closed = True

    def _busy(self) -> List[C]:
        holders = [held() for held in self._taken]
        return [cast(C, each) for each in holders if isinstance(each, PooledConnection)]

    def _take(self, holder: H) -> H:
        holder.held = Hold(holder, self._gone.append)
        holder.held.resource = holder.resource()
        self._taken.add(holder.held)
        return holder

    def _recover(self) -> None:
        """Free the places of what was lost."""
        while self.abandoned:
            self.discard(self.abandoned.popleft())
        while self._gone:
            with suppress(TypeError):  # it never took a place, so that it has no hash either
                self._taken.discard(self._gone.popleft())

    def _is_full(self) -> bool:
        return self._max is not None and len(self._taken) + len(self._idle) >= self._max

    def _first_in_queue(self) -> Optional[Waiter[C]]:
        while self._queue:
            waiter = next(iter(self._queue))
            if waiter.granted is None:
                return waiter
            self._queue.pop(waiter, None)
        return None

    def _grant_places(self) -> None:
        while self._queue and not self._is_full():
            waiter = self._first_in_queue()
            if waiter is not None:
                self._grant(waiter, self._take(Permit()))

    def _grant(self, waiter: Waiter[C], granted: Union[C, Permit]) -> None:
        waiter.granted = granted
        self._queue.pop(waiter, None)
        waiter.wake()

    def _remove_idle(self, connection: C) -> bool:
        """Make a connection idle no longer; return whether it was."""
        was_idle = self._idle.pop(connection, self) is None
        same = self._idle_by_origin.get(connection.origin)
        if same is not None:
            same.pop(connection, None)
            if not same:
                self._idle_by_origin.pop(connection.origin, None)
        return was_idle

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
