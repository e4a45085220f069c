"""The bookkeeping of the pool, driven by hypothesis: no place is lost, nobody is overtaken."""

import httpx
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from outpostkit.transport._pool import Permit, Pool, PooledConnection, Waiter

ORIGINS = [("http", host, 80, None) for host in "ab"]
MAX_CONNECTIONS, MAX_IDLE = 3, 2


class Connection(PooledConnection):
    """A connection that only knows whether it was closed."""

    is_closed = False

    def close(self):
        self.is_closed = True

    def interrupt(self):
        self.is_closed = True


class PoolMachine(RuleBasedStateMachine):
    """Requests come, get a connection or wait, end well or badly, or give up."""

    busy = Bundle("busy")

    def __init__(self):
        super().__init__()
        limits = httpx.Limits(
            max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_IDLE, keepalive_expiry=5
        )
        self.pool = Pool(limits)
        self.now = 0.0
        self.made = []
        self.queue = []
        self.held = []

    @rule(target=busy, origin=st.sampled_from(ORIGINS))
    def ask(self, origin):
        """A request comes; what it gets is either used at once or waited for."""
        found = self.pool.acquire(origin, self.now)
        if isinstance(found, Waiter):
            found.wake = lambda: (self.queue.remove(found), self.held.append(found))
            self.queue.append(found)
            return found
        if isinstance(found, Permit):
            found = self.opened(found, origin)
        assert found.origin == origin
        assert not found.is_closed
        self.held.append(found)
        return found

    def opened(self, permit, origin):
        """A new connection in the place of a permit."""
        connection = Connection(origin)
        self.made.append(connection)
        self.pool.opened(permit, connection)
        return connection

    def connection_of(self, holder):
        """The connection of a request, opened now if that was what it waited for."""
        if not isinstance(holder, Waiter):
            return holder
        if isinstance(holder.granted, Permit):
            holder.granted = self.opened(holder.granted, holder.origin)
        return holder.granted

    @rule(holder=consumes(busy), fate=st.sampled_from(["release", "discard", "reopen", "twice"]))
    def finish(self, holder, fate):
        """A request ends; one that waits gives up, granted or not."""
        if isinstance(holder, Waiter) and (holder.granted is None or fate == "discard"):
            (self.queue if holder.granted is None else self.held).remove(holder)
            self.pool.give_up(holder, self.now)
            return
        self.held.remove(holder)
        connection = self.connection_of(holder)
        if fate == "release":
            self.pool.release(connection, self.now)
        elif fate == "reopen":
            self.pool.not_opened(self.pool.reopen(connection))
        else:
            self.pool.discard(connection)
            if fate == "twice":
                self.pool.discard(connection)

    @rule(seconds=st.sampled_from([1.0, 6.0]))
    def wait(self, seconds):
        self.now += seconds

    @invariant()
    def limits_hold(self):
        assert len(self.pool) <= MAX_CONNECTIONS
        assert len(self.pool._idle) <= MAX_IDLE
        assert len(self.pool._idle) == sum(map(len, self.pool._idle_by_origin.values()))

    @invariant()
    def every_place_is_held_by_somebody(self):
        owned = [each.granted if isinstance(each, Waiter) else each for each in self.held]
        assert {held() for held in self.pool._taken} == set(owned)

    @invariant()
    def nobody_waits_without_need(self):
        if self.queue:
            assert not self.pool._idle
            assert len(self.pool) == MAX_CONNECTIONS

    @invariant()
    def the_queue_is_first_come_first_served(self):
        assert list(self.pool._queue) == self.queue

    @invariant()
    def what_is_not_in_the_pool_is_closed(self):
        known = {*self.pool._idle, *self.pool._busy()}
        assert all(each.is_closed != (each in known) for each in self.made)


PoolMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
test_the_pool_keeps_its_books = PoolMachine.TestCase


def test_a_place_is_free_when_nobody_holds_it_any_more():
    """Whoever held it was interrupted before it could say so; one that waits is not overtaken."""
    pool = Pool(httpx.Limits(max_connections=1, max_keepalive_connections=1))
    held = pool.acquire(ORIGINS[0], 0.0)
    first, second = (pool.acquire(ORIGINS[0], 0.0) for _ in range(2))

    del held
    pool.look_again(second)

    assert isinstance(first.granted, Permit)
    assert second.granted is None
