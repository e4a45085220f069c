"""Which failures are tried again, how long apart and until when; no clock, no socket."""

import pickle
from typing import List, NamedTuple, Optional

import pytest
from hypothesis import given, strategies as st

from outpostkit.exceptions import ConfigurationError
from outpostkit.retry import (
    Failure,
    Outcome,
    RetryPolicy,
    Send,
    Sleep,
    Subject,
    attempts,
    retry_after_seconds,
)

GET = Subject("GET /user", is_idempotent=True)
POST = Subject("POST /endpoints/me", is_idempotent=False)

EPOCH_OF_NOON = 1_700_000_000.0


class Run(NamedTuple):
    """What happened when every attempt ended as the script says."""

    sends: int
    sleeps: List[float]
    final: "Outcome[str]"
    elapsed_s: float


def run(
    subject: Subject,
    policy: RetryPolicy,
    *,
    status: Optional[int] = None,
    failure: Optional[Failure] = None,
    retry_after_s: Optional[float] = None,
    refused: bool = False,
    attempt_s: float = 0.0,
    random: float = 0.0,
    succeeds_at: Optional[int] = None,
) -> Run:
    """Play the decisions with a clock that only they move; ``attempt_s`` is cut at the deadline."""
    steps = attempts(subject, policy, lambda: random)
    clock, sends, sleeps = 0.0, 0, []  # type: float, int, List[float]
    reply: Optional[Outcome[str]] = None
    while True:
        try:
            action = steps.send(reply)
        except StopIteration as finished:
            return Run(sends, sleeps, finished.value, clock)
        if isinstance(action, Sleep):
            sleeps.append(action.event.delay_s)
            clock += action.event.delay_s
            reply = None
            continue
        assert isinstance(action, Send)
        sends += 1
        left = float("inf") if policy.deadline is None else policy.deadline - clock
        clock += min(attempt_s, left)
        if succeeds_at == sends:
            reply = Outcome(clock, "answer", status_code=200)
        else:
            reply = Outcome(clock, "no", status, failure, retry_after_s, refused, "it failed")


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_of_the_server_is_tried_again(status: int) -> None:
    """A status that a moment can cure does not reach the caller when the next attempt succeeds."""
    played = run(GET, RetryPolicy(), status=status, succeeds_at=3)

    assert played.sends == 3
    assert played.final.value == "answer"


@pytest.mark.parametrize("status", [200, 304, 400, 401, 404, 409, 422, 501, 599])
def test_an_answer_that_would_be_the_same_again_is_final(status: int) -> None:
    """No other status is worth a second attempt."""
    assert run(GET, RetryPolicy(), status=status).sends == 1


def test_attempts_are_bounded() -> None:
    """A server that never recovers is asked max_attempts times."""
    assert run(GET, RetryPolicy(max_attempts=4), status=503).sends == 4


@pytest.mark.parametrize(
    ("subject", "failure", "sends"),
    [
        (GET, Failure.NOT_SENT, 2),
        (GET, Failure.IN_DOUBT, 2),
        (GET, Failure.PERMANENT, 1),
        (POST, Failure.NOT_SENT, 2),
        (POST, Failure.IN_DOUBT, 1),
        (Subject("", True, is_replayable=False), Failure.NOT_SENT, 1),
    ],
)
def test_a_lost_connection_is_tried_again_when_that_is_safe(
    subject: Subject, failure: Failure, sends: int
) -> None:
    """A request that may have been executed is repeated only if executing it twice does no harm."""
    assert run(subject, RetryPolicy(max_attempts=2), failure=failure).sends == sends


def test_a_post_without_a_key_is_not_repeated_after_an_answer() -> None:
    """A 503 does not say that a POST was not executed."""
    assert run(POST, RetryPolicy(), status=503).sends == 1


def test_a_post_is_repeated_when_the_server_says_it_was_not_executed() -> None:
    """A router that turned the request away at its door has not executed it."""
    assert run(POST, RetryPolicy(max_attempts=3), status=503, refused=True).sends == 3


def test_delays_grow_up_to_their_maximum() -> None:
    """Each delay is `multiplier` times the one before, and none is longer than `max_delay`."""
    policy = RetryPolicy(max_attempts=6, initial_delay=1, multiplier=2, max_delay=5, deadline=None)

    assert run(GET, policy, status=503).sleeps == [1, 2, 4, 5, 5]


def test_retry_after_replaces_the_back_off() -> None:
    """The server's own wish is followed exactly, up to the ceiling."""
    policy = RetryPolicy(max_attempts=2, retry_after_ceiling=60, deadline=None)

    assert run(GET, policy, status=503, retry_after_s=7.5).sleeps == [7.5]
    assert run(GET, policy, status=503, retry_after_s=86_400).sleeps == [60]


def test_a_wait_that_would_pass_the_deadline_is_not_begun() -> None:
    """The caller learns of the failure at once instead of after a pointless sleep."""
    played = run(GET, RetryPolicy(deadline=10), status=429, retry_after_s=30)

    assert played.sleeps == []
    assert played.elapsed_s == 0


policies = st.builds(
    RetryPolicy,
    max_attempts=st.integers(1, 30),
    initial_delay=st.floats(0, 100),
    multiplier=st.floats(1, 1e6),
    max_delay=st.floats(0, 100),
    jitter=st.floats(0, 1),
    retry_after_ceiling=st.floats(0, 100),
    deadline=st.floats(0.01, 500),
)


@given(
    policy=policies,
    retry_after_s=st.none() | st.floats(0, 1e9),
    attempt_s=st.floats(0, 50),
    random=st.floats(0, 1, exclude_max=True),
    status=st.sampled_from([408, 429, 500, 503]),
)
def test_any_schedule_stays_within_deadline_and_ceiling(
    policy: RetryPolicy,
    retry_after_s: Optional[float],
    attempt_s: float,
    random: float,
    status: int,
) -> None:
    """Whatever the policy and the server say: bounded attempts, bounded waits, bounded time."""
    played = run(
        GET, policy, status=status, retry_after_s=retry_after_s, attempt_s=attempt_s, random=random
    )

    assert policy.deadline is not None
    assert played.sends <= policy.max_attempts
    assert played.elapsed_s <= policy.deadline * (1 + 1e-9)
    ceiling = policy.max_delay if retry_after_s is None else policy.retry_after_ceiling
    assert all(0 <= delay <= ceiling for delay in played.sleeps)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("1.5", 1.5),
        (".25", 0.25),
        ("9" * 26, 1e9),
        ("9" * 400, 1e9),
        ("9" * 30 + ".5", 1e9),
        ("1e400", 1e9),
        ("1.5e1", 15.0),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Tuesday, 14-Nov-23 22:13:30 GMT", 10.0),
        ("2023-11-14T22:13:30Z", 10.0),
        ("2023-11-14T22:13:30.5+00:00", 10.5),
        ("2023-11-15T00:13:30+02:00", 10.0),
        ("2023-11-14 22:13:30", 10.0),
        ("Mon, 13 Nov 2023 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("9999-99-99T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_understood_in_every_form(
    header: Optional[str], seconds: Optional[float]
) -> None:
    """Seconds, fractions, HTTP dates and ISO dates all work; a date in the past means now."""
    assert retry_after_seconds(header, now=EPOCH_OF_NOON) == seconds


@given(st.text())
def test_no_retry_after_breaks_the_client(header: str) -> None:
    """Rubbish in the header reads as no wish at all, never as an error or a negative wait."""
    seconds = retry_after_seconds(header, now=EPOCH_OF_NOON)

    assert seconds is None or seconds >= 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_attempts": 0},
        {"initial_delay": -1},
        {"max_delay": float("nan")},
        {"multiplier": 0.5},
        {"jitter": 2},
        {"retry_after_ceiling": -1},
        {"deadline": 0},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: "dict[str, float]") -> None:
    """The error names the field."""
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        RetryPolicy(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_a_policy_is_a_value() -> None:
    """It does not change, compares by what it says, and travels to other processes."""
    policy = RetryPolicy(max_attempts=2, deadline=None)

    with pytest.raises(AttributeError, match="replace"):
        policy.deadline = 5
    assert policy.replace(deadline=5) != policy
    assert policy.replace() == policy == pickle.loads(pickle.dumps(policy))
    assert hash(policy.replace()) == hash(policy)
    assert "max_attempts=2" in repr(policy)
