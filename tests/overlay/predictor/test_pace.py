"""How fast a batch goes against servers that limit it; simulated, with a clock of its own."""

import heapq
import math
import random
from typing import Any, Callable, List, Optional, Tuple

import pytest

from outpostkit import RetryPolicy
from outpostkit.exceptions import PredictionHTTPException
from outpostkit.predictor._batch import Batch
from outpostkit.predictor._batch_queue import BatchQueue, Refused
from outpostkit.predictor._pace import Pace


class Window:
    """Takes so many in each window; the windows follow each other."""

    def __init__(self, most: int, window_s: float = 1.0, began: float = 0.0) -> None:
        self._most, self._window_s, self._began = most, window_s, began
        self._number, self._taken = -1, 0

    def left_s(self, now: float) -> float:
        """Take one more, and return 0; or return the seconds until the next is taken."""
        number = math.floor((now + self._began) / self._window_s)
        if number != self._number:
            self._number, self._taken = number, 0
        if self._taken < self._most:
            self._taken += 1
            return 0.0
        return (number + 1) * self._window_s - now - self._began


class Bucket:
    """Takes so many a second, and what was not used before, up to a limit."""

    def __init__(self, per_second: float, most: float) -> None:
        self._per_second, self._most, self._tokens, self._at = per_second, most, most, 0.0

    def left_s(self, now: float) -> float:
        """As of the window."""
        self._tokens = min(self._most, self._tokens + (now - self._at) * self._per_second)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._per_second


class Gone:
    """A limit that is there for the first seconds only."""

    def __init__(self, limit: Any, gone_at: float) -> None:
        self._limit, self._gone_at = limit, gone_at

    def left_s(self, now: float) -> float:
        """As of the window."""
        return self._limit.left_s(now) if now < self._gone_at else 0.0  # type: ignore[no-any-return]  # a test's


def played(
    limit: Any,
    inputs: int,
    asked: Callable[[float], Optional[float]],
    *,
    latency_s: float = 0.01,
    send_s: float = 1 / 1500,
) -> Tuple[float, int]:
    """Return how long so many inputs take, and how often the server said 429."""
    chance = random.Random(3)
    pace = Pace(RetryPolicy(), chance.random)
    now, left, done, refusals, number = 0.0, inputs, 0, 0, 0
    under_way: List[Tuple[float, int, Any, float]] = []
    while done < inputs:
        if left and len(under_way) < 256:
            pause_s = pace.pause_s(now)
            if not pause_s:
                sending = pace.sent(now)
                refused_s = limit.left_s(now + 0.001)
                takes_s = 0.003 if refused_s else latency_s * (0.5 + chance.random())
                number, left = number + 1, left - 1
                heapq.heappush(under_way, (now + takes_s, number, sending, refused_s))
                now += send_s
        else:
            pause_s = math.inf
        now = max(now, min(now + pause_s, under_way[0][0] if under_way else math.inf))
        while under_way and under_way[0][0] <= now:
            _, _, sending, refused_s = heapq.heappop(under_way)
            if refused_s:
                refusals, left = refusals + 1, left + 1
                pace.refused(sending, now, asked(refused_s))
            else:
                done += 1
    return now, refusals


ASKED = {
    "whole seconds": lambda left_s: max(1.0, math.ceil(left_s)),
    "as long as it takes": lambda left_s: left_s,
    "rounded down": lambda left_s: float(math.floor(left_s)),
    "nothing": lambda left_s: None,
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("began", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("latency_s", [0.01, 0.2])
def test_a_limit_by_the_second_is_used_well(asked: Any, began: float, latency_s: float) -> None:
    """Whatever Retry-After says, 10,000 inputs take at most 1.3 times what 500 a second allow."""
    took_s, refusals = played(Window(500, began=began), 10_000, asked, latency_s=latency_s)

    assert took_s <= 1.3 * 20
    assert refusals < 400


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("per_second", [5, 50, 500])
def test_a_bucket_of_tokens_is_used_well(asked: Any, per_second: int) -> None:
    """What it saves while nobody sends makes up for the pauses."""
    took_s, _ = played(Bucket(per_second, per_second), 20 * per_second, asked)

    assert took_s <= 1.3 * 20


def test_a_limit_by_the_minute_costs_few_refusals() -> None:
    """Its Retry-After is kept, and nobody asks in between."""
    took_s, refusals = played(Window(300, 60.0), 1200, ASKED["whole seconds"])

    assert took_s <= 3 * 60 + 5
    assert refusals < 40


def test_a_limit_that_is_gone_is_forgotten() -> None:
    """At 500 a second the 8,500 inputs that are left would take 17 seconds."""
    took_s, _ = played(Gone(Window(500), 3.0), 10_000, ASKED["whole seconds"])

    assert took_s < 3 + 10


def test_a_server_that_takes_nothing_is_asked_ever_more_rarely() -> None:
    """Even when it says that one may come back at once."""
    took_s, refusals = played(Gone(Bucket(1e-9, 0.5), 60.0), 10, lambda left_s: 0.0)

    assert took_s >= 60
    assert refusals < 60


def test_without_a_refusal_nothing_waits() -> None:
    """The pace is the one of whoever sends."""
    pace = Pace(RetryPolicy(), random.random)

    assert all(not pace.pause_s(0.0) and pace.sent(0.0) for _ in range(1000))


def test_all_wait_for_the_longest_that_was_asked_for() -> None:
    """Up to the ceiling of the policy."""
    pace = Pace(RetryPolicy(retry_after_ceiling=60), random.random)
    first, second, third = pace.sent(0.0), pace.sent(0.0), pace.sent(0.0)

    pace.refused(first, 1.0, 2.0)
    pace.refused(second, 1.5, 5.0)
    assert pace.pause_s(2.0) == pytest.approx(4.5)
    pace.refused(third, 2.0, 86_400.0)
    assert pace.pause_s(2.0) == pytest.approx(60.0)


def batch(deadline: Optional[float]) -> BatchQueue:
    """A batch whose pauses are as long as the server asks for, up to 60 seconds."""
    policy = RetryPolicy(deadline=deadline, initial_delay=0.0)
    queue = Batch(2, True, "collect", None)
    return BatchQueue(queue, policy, random.random, repeatable=True)


def refusal(retry_after_s: float) -> Refused:
    """A 429."""
    return Refused(PredictionHTTPException(429, "too many", retry_after_s=retry_after_s))


def test_what_the_server_has_an_input_wait_for_does_not_count() -> None:
    """Only the time under way does."""
    jobs = batch(deadline=1.0)
    job = jobs.begin((0, "input"), 0.0)

    assert jobs.take_back(job, refusal(2.0), 0.25) is None
    assert jobs.pause_s(0.25) == pytest.approx(2.0)
    assert jobs.begin_again(2.25) is job
    assert jobs.left_s(job) == pytest.approx(1.0)  # of which is given one at least
    assert job.spent_s == pytest.approx(0.25)
    failed = jobs.take_back(job, refusal(2.0), 3.0)
    assert failed is not None
    assert failed.error is not None


@pytest.mark.parametrize("asked_s", [2.0, 20.0, 86_400.0])
def test_a_batch_gives_up_after_its_deadline_and_one_longest_pause(asked_s: float) -> None:
    """No pause begins that would end later; then nothing waits any more."""
    jobs = batch(deadline=3.0)
    now, failed = 0.0, None
    job = jobs.begin((0, "input"), now)
    while failed is None:
        failed = jobs.take_back(job, refusal(asked_s), now)
        if failed is None:
            now += jobs.pause_s(now)
            job = jobs.begin_again(now)

    assert jobs.over is not None
    assert jobs.pause_s(now) == 0.0
    assert now <= 63.0 < now + min(asked_s, 60.0) + 1e-6
    unsent = jobs.take_back(jobs.begin((1, "other"), now), jobs.over, now)
    assert unsent is not None


def test_an_answer_renews_the_patience() -> None:
    """A server that takes some now and then is waited for as long as it does."""
    jobs = batch(deadline=3.0)
    job = jobs.begin((0, "input"), 0.0)
    now = 0.0
    for _ in range(20):
        assert jobs.take_back(job, refusal(40.0), now) is None
        now += jobs.pause_s(now)
        job = jobs.begin_again(now)
        jobs.answered()


def test_without_a_deadline_a_batch_never_gives_up() -> None:
    """As it has said that it has the time."""
    jobs = batch(deadline=None)
    job = jobs.begin((0, "input"), 0.0)
    now = 0.0
    for _ in range(100):
        assert jobs.take_back(job, refusal(60.0), now) is None
        now += jobs.pause_s(now)
        job = jobs.begin_again(now)
