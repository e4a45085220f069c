"""The rule of scaling, for any load."""

from __future__ import annotations

from hypothesis import given, strategies as st

from outpost_server.keeping.store.records import Scaling
from outpost_server.serving.autoscaler import desired_replicas
from outpost_server.serving.load import Load

PERIOD = 10


@st.composite
def scalings(draw):
    minimum = draw(st.integers(0, 5))
    return Scaling(
        min=minimum,
        max=draw(st.integers(max(1, minimum), 8)),
        target_pending_requests=draw(st.integers(1, 50)),
    )


# Requests as (begin, seconds until the end), on a clock that moves in steps a float can hold.
requests = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=30)


@given(st.integers(0, 10_000), scalings())
def test_replicas_stay_between_min_and_max(peak, scaling):
    """No load asks for fewer than min or more than max."""
    assert scaling.min <= desired_replicas(peak, scaling) <= scaling.max


@given(st.integers(1, 10_000), scalings())
def test_between_the_bounds_each_replica_has_at_most_its_target(peak, scaling):
    """The number is the smallest with which no replica has more than targetPendingRequests."""
    replicas = desired_replicas(peak, scaling)
    target = scaling.target_pending_requests

    assert replicas == scaling.max or replicas * target >= peak
    assert replicas == scaling.min or (replicas - 1) * target < peak


@given(st.integers(0, 1000), st.integers(0, 1000), scalings())
def test_more_load_never_means_fewer_replicas(one, other, scaling):
    """The rule is monotonic."""
    less, more = sorted((one, other))

    assert desired_replicas(less, scaling) <= desired_replicas(more, scaling)


@given(scalings())
def test_the_first_request_wakes_and_no_request_means_min(scaling):
    """One pending request wants at least one replica; none wants min."""
    assert desired_replicas(1, scaling) >= 1
    assert desired_replicas(0, scaling) == scaling.min


@given(requests)
def test_the_peak_is_the_busiest_moment_of_the_period(pairs):
    """Load remembers just enough: it agrees with counting every moment."""
    events = sorted(
        [(begin, 1) for begin, _ in pairs] + [(begin + took, -1) for begin, took in pairs],
        key=lambda event: (event[0], event[1]),
    )
    load, counts, pending = Load(), [], 0
    for at, change in events:
        counts.append((at, pending))
        if change > 0:
            load.begin()
        else:
            load.end(at)
        pending += change
        recent = [before for until, before in counts if until > at - PERIOD]

        assert load.pending == pending
        assert load.peak(at, PERIOD) == max([pending, *recent])


@given(requests)
def test_one_period_after_the_last_request_nothing_is_left_of_it(pairs):
    """An endpoint is back at min one period after its last request."""
    load = Load()
    for begin, took in pairs:
        load.begin()
        load.end(begin + took)
    end = max((begin + took for begin, took in pairs), default=0)

    assert load.peak(end + 1000, PERIOD) == 0


def test_a_touch_counts_as_one_request():
    """Waking an endpoint keeps it for one period, as a request would."""
    load = Load()
    load.touch(100.0)

    assert load.peak(109.9, PERIOD) == 1
    assert load.peak(110.0, PERIOD) == 0
