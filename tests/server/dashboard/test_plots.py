"""Latency and replicas over time, and the pictures made from them."""

from __future__ import annotations

import math
import re
import sys

import pytest
from hypothesis import example, given, strategies as st

from outpost_server.dashboard.plotting.plots import (
    HEIGHT,
    WIDTH,
    latency_plot,
    replica_plot,
    request_plot,
)
from outpost_server.dashboard.plotting.traffic import (
    MAX_CHANGES,
    PERIOD_S,
    PERIODS,
    WINDOW_S,
    EndpointTraffic,
    Period,
    Replicas,
)
from outpost_server.dashboard.present import duration, size

latencies = st.lists(st.floats(min_value=1e-4, max_value=600), min_size=1, max_size=200)


@given(latencies, st.floats(min_value=1, max_value=100))
def test_a_percentile_is_right_within_five_percent(taken, percent):
    """It is never below the true one and at most 5 % above it."""
    period = Period(0)
    for seconds in taken:
        period.add(200, seconds)

    exact = sorted(taken)[math.ceil(len(taken) * percent / 100) - 1]
    assert exact * 0.9999 <= period.percentile_s(percent) <= exact * 1.0501


@given(latencies)
def test_a_period_is_small_whatever_its_load(taken):
    """There are 60 of them for each of 1,000 endpoints."""
    period = Period(0)
    for seconds in taken:
        period.add(200, seconds)

    assert sum(period.counts) == len(taken)
    assert sys.getsizeof(period.counts) < 2048


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0, 100)), max_size=100))
def test_only_the_last_minutes_are_kept(answers):
    """Whenever requests come, there is one period at most per interval of the window."""
    traffic = EndpointTraffic()
    now = 0.0
    for after, taken in answers:
        now += after
        traffic.answered(now, 200, taken)

    numbers = [period.number for period in traffic.periods(now)]
    assert len(numbers) == len(set(numbers)) <= PERIODS
    assert all(now - WINDOW_S - PERIOD_S < number * PERIOD_S <= now for number in numbers)


def test_only_changes_of_replicas_are_kept():
    """Looking often does not need more memory."""
    traffic = EndpointTraffic()
    for second in range(10):
        traffic.sampled(float(second), Replicas(ready=1 if second < 5 else 2))

    assert traffic.changes(10.0) == [(0.0, Replicas(1)), (5.0, Replicas(2))]


def test_what_held_at_the_beginning_of_the_window_is_known():
    """A number that has not changed for hours is still shown."""
    traffic = EndpointTraffic()
    traffic.sampled(0.0, Replicas(3))
    traffic.sampled(10.0, Replicas(1))

    assert traffic.changes(10.0 + 2 * WINDOW_S) == [(10.0, Replicas(1))]


def test_an_endpoint_that_flaps_needs_bounded_memory():
    """The oldest changes go first."""
    traffic = EndpointTraffic()
    for second in range(2 * MAX_CHANGES):
        traffic.sampled(second / 1000, Replicas(second % 2))

    assert len(traffic.changes(1.0)) == MAX_CHANGES


@given(latencies, st.integers(0, PERIODS))
@example([4.88], 0)  # of which 5.003 s are made, for a picture that ends at 5 s
def test_a_curve_stays_within_its_picture(taken, start):
    """Whatever the numbers are."""
    traffic = EndpointTraffic()
    for index, seconds in enumerate(taken):
        traffic.answered((start + index) * PERIOD_S, 200, seconds)
    now = float((start + len(taken)) * PERIOD_S)

    plot = latency_plot(traffic.periods(now), now)

    dots = [dot for curve in plot.curves for dot in curve.dots]
    assert all(plot.left <= x <= plot.right and plot.top <= y <= plot.bottom for x, y in dots)
    assert 0 < plot.top < plot.bottom < HEIGHT
    assert plot.right < WIDTH


def test_a_gap_without_requests_interrupts_the_curve():
    """No line is drawn over a time of which nothing is known."""
    periods = [Period(10), Period(11), Period(14)]
    for period in periods:
        period.add(200, 0.01)

    path = latency_plot(periods, 15.0 * PERIOD_S).curves[0].path

    assert re.sub(r"[\d. ]+", "", path) == "MLM"


def test_the_sentence_says_what_the_picture_shows():
    """Readers who cannot see it get the same."""
    period = Period(1)
    period.add(200, 0.012)
    period.add(503, 0.012)

    latency = latency_plot([period], 2.0 * PERIOD_S)
    replicas = replica_plot([(0.0, Replicas(1, 1)), (5.0, Replicas(2, 0))], 10.0)

    assert latency.summary.startswith("2 requests in the last 15 minutes, 1 of them failed. Last")
    assert replicas.summary == "2 ready now; at most 2 in the last 15 minutes."
    assert latency_plot([], 0.0).summary == "No requests in the last 15 minutes."


def test_the_rate_of_requests_counts_those_of_a_moment_ago():
    """Together with the period before, or they would look as if they became fewer."""
    traffic = EndpointTraffic()
    for second in (0.0, 1.0, 2.0, 3.0 * PERIOD_S):
        for _ in range(30):
            traffic.answered(second, 200 if second else 500, 0.1)
    now = 3.0 * PERIOD_S + 1

    plot = request_plot(traffic.periods(now), now)
    (failed, everything) = plot.curves

    assert plot.summary == "1.9/s in the last 16 s; at most 6/s in the last 15 minutes."
    assert plot.y_ticks[-1].label == "10"
    assert (failed.name, everything.name) == ("failed", "all")
    assert everything.path.count("V") == PERIODS


@given(st.lists(st.floats(0, WINDOW_S), max_size=50), st.floats(WINDOW_S, 10 * WINDOW_S))
def test_the_rate_stays_within_its_picture(moments, now):
    """Whenever requests came."""
    traffic = EndpointTraffic()
    for at in sorted(now - one for one in moments):
        traffic.answered(at, 200, 0.1)

    for curve in request_plot(traffic.periods(now), now).curves:
        heights = [float(height) for height in re.findall(r"[V ]([\d.]+)", curve.path)]
        assert all(0 <= height <= HEIGHT for height in heights)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (40_000_000, "38.1 MiB"),
        (1_073_741_823, "1 GiB"),
        (4 * 2**30, "4 GiB"),
        (2**40, "1024 GiB"),
    ],
)
def test_bytes_are_shown_in_three_digits(count, shown):
    """In a unit that leaves few of them."""
    assert size(count) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0042, "4.2 ms"), (59.6, "60 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_000, "25 h")],
)
def test_times_are_shown_by_their_two_largest_units(seconds, shown):
    """From parts of a millisecond to days."""
    assert duration(seconds) == shown
