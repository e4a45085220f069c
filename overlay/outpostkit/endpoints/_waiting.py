"""Waiting for an endpoint: what to ask, how long to pause, and how the waiting ends.

Everything here decides and performs nothing, as in :mod:`outpostkit.retry`: :func:`until`
yields steps, and the two shells in :mod:`outpostkit.endpoints` take them.
"""

import dataclasses
from typing import TYPE_CHECKING, FrozenSet, Generator, Iterable, List, Optional, Union

from outpostkit.exceptions import (
    ConfigurationError,
    EndpointFailedError,
    EndpointNotServingError,
    OutpostError,
    WaitTimeoutError,
)
from outpostkit.progress._events import WaitProgress
from outpostkit.retry import limit_s

if TYPE_CHECKING:
    from outpost_api.models import EndpointResource

#: A deployment ended without ever serving, by itself or because of another one.
ENDED_DEPLOYMENTS = frozenset({"failed", "cancelled", "superseded"})

#: Something is under way.
MOVING = frozenset({"deploying", "starting"})
#: What it stays at until somebody does something; a paused one is held by an operator.
IDLE = frozenset({"scaled_to_zero", "not_deployed", "deleting", "paused"})
#: Statuses that this version knows.
KNOWN = MOVING | IDLE | {"healthy", "failed"}
#: What is reached only when the deployment that is waited for is the one that is in place.
DEPLOYED = frozenset({"healthy", "scaled_to_zero"})

DEFAULT_TIMEOUT_S = 600.0

#: Lines of a failed deployment's log that its error shows.
TAIL_LINES = 40
#: Seconds that fetching the latest line may take: it is worth no longer wait.
LINE_TIMEOUT_S = 2.0


@dataclasses.dataclass(frozen=True)
class Pace:
    """How often to ask, in seconds."""

    first_delay: float = 0.2
    multiplier: float = 1.5
    max_delay: float = 5.0
    #: How long an endpoint may look asleep or undeployed before it counts as that: between a
    #: deployment's end and its wake-up request it does so for a moment.
    settle: float = 5.0
    #: How long a status that this version does not know may stay as it is.
    unknown: float = 60.0


@dataclasses.dataclass(frozen=True)
class Look:
    """Ask for the endpoint and the deployment that is waited for, within ``time_left_s``."""

    time_left_s: float


@dataclasses.dataclass(frozen=True)
class Pause:
    """Wait for ``seconds``."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class Tell:
    """Report progress."""

    progress: WaitProgress


@dataclasses.dataclass(frozen=True)
class ReadLog:
    """Fetch the last lines of the deployment's log, within ``time_left_s``."""

    deployment_id: Optional[str]
    time_left_s: float
    limit: int = TAIL_LINES


@dataclasses.dataclass(frozen=True)
class Seen:
    """What one look gave."""

    #: Seconds since the waiting began.
    elapsed_s: float
    status: Optional[str] = None
    #: The deployment that is waited for, or else the endpoint's current one.
    deployment_id: Optional[str] = None
    deployment_status: Optional[str] = None
    #: The look failed in a way that may pass, such as a lost connection.
    problem: Optional[OutpostError] = None
    #: The endpoint itself, when the look succeeded.
    resource: "Optional[EndpointResource]" = None


@dataclasses.dataclass(frozen=True)
class LogTail:
    """The last lines of the log, oldest first; empty when there are none to be had."""

    lines: List[str]
    #: Seconds that fetching took.
    took_s: float = 0.0


Step = Union[Look, Pause, Tell, ReadLog]
Reply = Union[Seen, LogTail, None]


def checked_targets(statuses: Iterable[str]) -> FrozenSet[str]:
    """Return the statuses to wait for; ``healthy`` when none is named.

    Raises:
        ConfigurationError: one of them is not a status, so that it would be waited for in vain.
    """
    targets = frozenset(str(status) for status in statuses) or frozenset({"healthy"})
    unknown = sorted(targets - KNOWN)
    if unknown:
        raise ConfigurationError(
            f"no endpoint ever becomes {unknown[0]!r}; wait for one of {', '.join(sorted(KNOWN))}"
        )
    return targets


def deployment_targets(wakeup: bool, wait: bool, timeout: Optional[float]) -> FrozenSet[str]:
    """Return the statuses in which a deployment is done.

    Raises:
        ConfigurationError: there is a timeout, and nothing to wait for.
    """
    if timeout is not None and not wait:
        raise ConfigurationError("timeout is how long to wait; pass wait=True with it")
    limit_s("timeout", timeout)
    return frozenset({"healthy"} if wakeup else {"healthy", "scaled_to_zero"})


def until(
    endpoint: str,
    targets: FrozenSet[str] = frozenset({"healthy"}),
    *,
    timeout: float,
    deployment_id: Optional[str] = None,
    pace: Optional[Pace] = None,
    with_log: bool = False,
) -> Generator[Step, Reply, Seen]:
    """Decide the next step until the endpoint has one of the statuses; return what was seen then.

    ``with_log`` is whether progress has the latest line of the deployment's log, which is one more
    question each time while the deployment is under way.

    Send :class:`Seen` back for a :class:`Look`, :class:`LogTail` for a :class:`ReadLog`, and
    None otherwise.

    Raises:
        EndpointFailedError: the deployment failed, or was cancelled or superseded.
        EndpointNotServingError: it stays in a status that does not change by itself, or in one
            that is not known.
        WaitTimeoutError: ``timeout`` seconds passed.
    """
    timeout = limit_s("timeout", timeout) or float("inf")
    pace = pace or Pace()
    delay = pace.first_delay
    stuck = _Stuck(pace)
    # The last look needs some time of its own, or the answer could not arrive within the timeout.
    reserve = min(1.0, timeout / 10)
    elapsed_s = 0.0
    message: Optional[str] = None
    while True:
        seen = yield Look(timeout - elapsed_s)
        assert isinstance(seen, Seen), "a Look is answered with what was Seen"
        now_s = seen.elapsed_s
        if not (with_log and _is_under_way(seen, targets)):
            message = None
        elif timeout - now_s > LINE_TIMEOUT_S:
            line = yield ReadLog(seen.deployment_id, LINE_TIMEOUT_S, limit=1)
            assert isinstance(line, LogTail), "a ReadLog is answered with a LogTail"
            message = line.lines[0] if line.lines else message
            now_s += line.took_s
        yield Tell(_progress(endpoint, seen, timeout, message))
        if seen.problem is None:
            if _is_reached(seen, targets):
                return seen
            if _has_failed(seen):
                tail = yield ReadLog(seen.deployment_id, max(1.0, timeout - seen.elapsed_s))
                lines = tail.lines if isinstance(tail, LogTail) else []
                raise EndpointFailedError(
                    endpoint,
                    status=seen.deployment_status or seen.status or "failed",
                    deployment_id=seen.deployment_id,
                    log_tail=lines,
                )
            if stuck.is_so(seen):
                raise EndpointNotServingError(endpoint, status=seen.status or "")
        left = timeout - reserve - now_s
        if left < 1e-3:
            raise _timed_out(endpoint, targets, timeout, seen)
        pause = min(delay, left)
        yield Pause(pause)
        elapsed_s = now_s + pause
        delay = min(delay * pace.multiplier, pace.max_delay)


class _Stuck:
    """Notices that nothing will happen any more, however long one waits."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._status: Optional[str] = None
        self._since = 0.0

    def is_so(self, seen: Seen) -> bool:
        """Take one more look into account."""
        if seen.status != self._status:
            self._status, self._since = seen.status, seen.elapsed_s
        patience = self._patience(seen)
        return patience is not None and seen.elapsed_s - self._since >= patience

    def _patience(self, seen: Seen) -> Optional[float]:
        is_rolling_out = seen.deployment_status not in (None, "healthy")
        if seen.status == "deleting":
            return self._pace.settle
        if is_rolling_out or seen.status in MOVING:
            return None
        if seen.status in IDLE:
            return self._pace.settle
        return None if seen.status in KNOWN else self._pace.unknown


def _is_reached(seen: Seen, targets: FrozenSet[str]) -> bool:
    if seen.status in DEPLOYED and seen.deployment_status not in (None, "healthy"):
        # An older deployment is what has this status; the one that is waited for may have failed.
        return seen.deployment_status == "failed" and "failed" in targets
    return seen.status in targets


def _is_under_way(seen: Seen, targets: FrozenSet[str]) -> bool:
    if seen.problem is not None or _is_reached(seen, targets) or _has_failed(seen):
        return False
    return seen.status in MOVING or seen.deployment_status not in (None, "healthy")


def _has_failed(seen: Seen) -> bool:
    if seen.deployment_status is not None:
        return seen.deployment_status in ENDED_DEPLOYMENTS
    return seen.status == "failed"


def _timed_out(
    endpoint: str, targets: FrozenSet[str], timeout: float, seen: Seen
) -> WaitTimeoutError:
    return WaitTimeoutError(
        endpoint,
        timeout_s=timeout,
        status=seen.status,
        problem=str(seen.problem) if seen.problem else None,
        wanted=" or ".join(sorted(targets)),
    )


def _progress(endpoint: str, seen: Seen, timeout: float, message: Optional[str]) -> WaitProgress:
    return WaitProgress(
        endpoint=endpoint,
        status=seen.status,
        deployment_status=seen.deployment_status,
        elapsed_s=seen.elapsed_s,
        problem=str(seen.problem) if seen.problem else None,
        timeout_s=timeout,
        message=message,
    )


def reached_resource(reached: Seen) -> "EndpointResource":
    """Return the endpoint as it was seen in the status that was waited for."""
    assert reached.resource is not None, "only a look that succeeded shows an endpoint"
    return reached.resource
