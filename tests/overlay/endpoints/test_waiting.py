"""How waiting for an endpoint ends: decided without a clock, a server or an event loop."""

from typing import List, NamedTuple, Optional, Sequence, Union

import pytest
from hypothesis import given, strategies as st

from outpostkit.endpoints._waiting import (
    LogTail,
    Look,
    Pause,
    ReadLog,
    Reply,
    Seen,
    Tell,
    checked_targets,
    until,
)
from outpostkit.exceptions import (
    ConfigurationError,
    EndpointFailedError,
    EndpointNotServingError,
    OutpostConnectionError,
    WaitTimeoutError,
)
from outpostkit.progress._events import WaitProgress


class Sight(NamedTuple):
    """What a look gives; the last one of a script repeats for ever."""

    status: Optional[str] = None
    deployment: Optional[str] = None
    is_lost: bool = False
    takes_s: float = 0.0


class Waited(NamedTuple):
    elapsed_s: float
    looks: int
    progress: List[WaitProgress]
    error: Union[Exception, None]


def wait(
    script: Sequence[Sight],
    timeout: float = 60.0,
    targets: Sequence[str] = ("healthy",),
    log: Optional[List[str]] = None,
) -> Waited:
    """Play the steps with a clock that only they move; a look ends when its time is up."""
    steps = until(
        "me/echo",
        frozenset(targets),
        timeout=timeout,
        deployment_id="d-1",
        with_log=log is not None,
    )
    clock, looks, progress = 0.0, 0, []  # type: float, int, List[WaitProgress]
    reply: Reply = None
    try:
        while True:
            step = steps.send(reply)
            reply = None
            if isinstance(step, Look):
                sight = script[min(looks, len(script) - 1)]
                looks += 1
                clock += min(sight.takes_s, step.time_left_s)
                problem = OutpostConnectionError("no connection") if sight.is_lost else None
                reply = Seen(clock, sight.status, "d-1", sight.deployment, problem)
            elif isinstance(step, Pause):
                clock += step.seconds
            elif isinstance(step, Tell):
                progress.append(step.progress)
            elif isinstance(step, ReadLog) and step.limit == 1:
                assert log is not None, "nobody wants it"
                clock += min(0.5, step.time_left_s)
                reply = LogTail([log.pop(0)] if log else [], 0.5)
            elif isinstance(step, ReadLog):
                reply = LogTail(["Traceback", "ImportError: no module torch"])
    except StopIteration:
        return Waited(clock, looks, progress, None)
    except Exception as error:
        return Waited(clock, looks, progress, error)


def test_it_returns_when_the_endpoint_is_healthy() -> None:
    """Every look is told to the caller, in order."""
    waited = wait([Sight("deploying", "building"), Sight("starting"), Sight("healthy", "healthy")])

    assert waited.error is None
    assert [seen.status for seen in waited.progress] == ["deploying", "starting", "healthy"]


def test_progress_has_the_latest_line_of_the_log_while_something_is_under_way() -> None:
    """The last one that was readable; none is asked for when all is over."""
    script = [
        Sight("deploying", "building"),
        Sight(is_lost=True),
        Sight("deploying", "building"),
        Sight("healthy", "building"),
        Sight("healthy", "healthy"),
    ]

    waited = wait(script, log=["Fetching the model: 1 of 2 MB.", "Starting."])

    assert waited.error is None
    assert [seen.message for seen in waited.progress] == [
        "Fetching the model: 1 of 2 MB.",
        None,
        "Starting.",
        "Starting.",
        None,
    ]


@pytest.mark.parametrize("timeout", [0.5, 1.0, 3.0, 7.0, 60.0])
def test_reading_the_log_makes_no_waiting_longer(timeout: float) -> None:
    """Its time counts."""
    waited = wait([Sight("deploying", "building", takes_s=0.1)], timeout=timeout, log=[])

    assert isinstance(waited.error, WaitTimeoutError)
    assert waited.elapsed_s <= timeout + 1e-6


def test_a_failed_deployment_ends_the_waiting_with_its_log() -> None:
    """The error shows why, without a second call by the user."""
    waited = wait([Sight("deploying", "building"), Sight("failed", "failed")])

    assert isinstance(waited.error, EndpointFailedError)
    assert waited.error.log_tail == ["Traceback", "ImportError: no module torch"]
    assert "ImportError: no module torch" in str(waited.error)


def test_a_new_deployment_that_fails_is_seen_behind_an_old_one_that_serves() -> None:
    """A healthy endpoint does not hide that the deployment which is waited for failed."""
    waited = wait([Sight("healthy", "building"), Sight("healthy", "failed")])

    assert isinstance(waited.error, EndpointFailedError)


def test_an_old_failure_does_not_end_the_waiting_for_a_new_deployment() -> None:
    """What counts is the deployment that is waited for."""
    waited = wait([Sight("failed", "queued"), Sight("healthy", "healthy")])

    assert waited.error is None


@pytest.mark.parametrize("status", ["scaled_to_zero", "not_deployed", "deleting"])
def test_an_endpoint_that_stays_idle_is_told_apart_from_a_failed_one(status: str) -> None:
    """Nothing will make it healthy by itself, so the waiting ends long before its timeout."""
    waited = wait([Sight(status)], timeout=600)

    assert isinstance(waited.error, EndpointNotServingError)
    assert waited.error.status == status
    assert waited.elapsed_s < 30


def test_an_endpoint_that_wakes_up_may_look_asleep_for_a_moment() -> None:
    """Between the end of a deployment and its wake-up request there is such a moment."""
    waited = wait(
        [
            Sight("deploying"),
            Sight("scaled_to_zero", "healthy"),
            Sight("starting"),
            Sight("healthy"),
        ]
    )

    assert waited.error is None


def test_a_lost_connection_does_not_end_the_waiting() -> None:
    """The server may be restarting; the progress says what went wrong."""
    waited = wait([Sight(is_lost=True), Sight("healthy", "healthy")])

    assert waited.error is None
    assert waited.progress[0].problem == "no connection"


def test_a_status_that_is_not_known_yet_is_waited_through() -> None:
    """A newer server may have more words than this client."""
    waited = wait([Sight("warming_up"), Sight("healthy")])

    assert waited.error is None


def test_a_look_that_hangs_does_not_outlast_the_timeout() -> None:
    """Every look is given only the time that is left."""
    waited = wait([Sight("starting", takes_s=10_000)], timeout=8)

    assert isinstance(waited.error, WaitTimeoutError)
    assert waited.elapsed_s <= 8


def test_the_timeout_error_says_what_was_seen_last() -> None:
    """The caller learns whether it was slow or unreachable."""
    assert "'starting'" in str(wait([Sight("starting")], timeout=1).error)
    assert "no connection" in str(wait([Sight(is_lost=True)], timeout=1).error)


sights = st.builds(
    Sight,
    status=st.sampled_from(["deploying", "starting", "failed", "scaled_to_zero", "odd", "healthy"]),
    deployment=st.sampled_from([None, "queued", "building", "healthy", "odd"]),
    is_lost=st.booleans(),
    takes_s=st.floats(0, 100),
)


@given(script=st.lists(sights, min_size=1), timeout=st.floats(0.05, 120))
def test_whatever_the_server_says_the_waiting_ends_in_time(
    script: List[Sight], timeout: float
) -> None:
    """It never loops for ever, and never outlasts its timeout."""
    assert wait(script, timeout).elapsed_s <= timeout * (1 + 1e-9)


def test_waiting_for_sleep_ends_when_the_endpoint_sleeps() -> None:
    """Healthy is a step on the way then, not the end."""
    waited = wait([Sight("healthy"), Sight("scaled_to_zero")], targets=["scaled_to_zero"])

    assert waited.error is None
    assert waited.looks == 2


def test_waiting_for_a_failure_returns_it() -> None:
    """What is waited for is no error."""
    assert wait([Sight("failed", "failed")], targets=["failed"]).error is None


def test_sleep_of_the_deployment_before_does_not_count() -> None:
    """The new deployment is still being built."""
    waited = wait(
        [Sight("scaled_to_zero", "building"), Sight("scaled_to_zero", "healthy")],
        targets=["healthy", "scaled_to_zero"],
    )

    assert waited.looks == 2


@pytest.mark.parametrize(("status", "at_most_s"), [("paused", 15), ("galactic", 80)])
def test_a_paused_and_an_unknown_endpoint_do_not_use_up_the_timeout(
    status: str, at_most_s: float
) -> None:
    """Neither becomes healthy by itself; the error says which it is."""
    waited = wait([Sight(status)], timeout=3600)

    assert isinstance(waited.error, EndpointNotServingError)
    assert waited.error.status == status
    assert waited.elapsed_s < at_most_s


def test_a_status_that_does_not_exist_is_not_waited_for() -> None:
    """It is a slip of the pen, and the error shows the right ones."""
    with pytest.raises(ConfigurationError, match=r"'helthy'.*healthy"):
        checked_targets(["helthy"])


def test_the_timeout_error_names_what_was_waited_for() -> None:
    """Healthy is not what everybody waits for."""
    waited = wait([Sight("healthy")], timeout=1, targets=["scaled_to_zero"])

    assert "was not scaled_to_zero after 1 s" in str(waited.error)
