"""Waiting for an endpoint: what to ask, how long to pause, and how the waiting ends.

Everything here decides and performs nothing, as in :mod:`outpostkit.retry`: :func:`until_healthy`
yields steps, and the two shells in :mod:`outpostkit.endpoints` take them.
"""

import dataclasses
from typing import TYPE_CHECKING, Callable, Generator, List, Optional, Union

from outpostkit.exceptions import (
    ConfigurationError,
    EndpointFailedError,
    EndpointNotServingError,
    OutpostError,
    WaitTimeoutError,
)

if TYPE_CHECKING:
    from outpost_api.models import EndpointResource

__all__ = ["ProgressCallback", "WaitProgress"]

#: A deployment ended without ever serving, by itself or because of another one.
ENDED_DEPLOYMENTS = frozenset({"failed", "cancelled", "superseded"})


@dataclasses.dataclass(frozen=True)
class WaitProgress:
    """What is known of an endpoint each time the waiting looked; what ``on_progress`` receives."""

    #: ``entity/name`` of the endpoint.
    endpoint: str
    #: Its status (``deploying``, ``starting``, ``healthy``, ...), or None when the question failed.
    status: Optional[str]
    #: The status of the deployment that is waited for, if there is one.
    deployment_status: Optional[str]
    #: Seconds since the waiting began.
    elapsed_s: float
    #: Why the question failed, when it did.
    problem: Optional[str] = None


ProgressCallback = Callable[[WaitProgress], None]


@dataclasses.dataclass(frozen=True)
class Pace:
    """How often to ask, in seconds."""

    first_delay: float = 0.2
    multiplier: float = 1.5
    max_delay: float = 5.0
    #: How long an endpoint may look asleep or undeployed before it counts as that: between a
    #: deployment's end and its wake-up request it does so for a moment.
    settle: float = 5.0


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


Step = Union[Look, Pause, Tell, ReadLog]
Reply = Union[Seen, LogTail, None]


def until_healthy(
    endpoint: str,
    *,
    timeout: float,
    deployment_id: Optional[str] = None,
    pace: Optional[Pace] = None,
) -> Generator[Step, Reply, Seen]:
    """Decide the next step until the endpoint is healthy, and return what was seen then.

    Send :class:`Seen` back for a :class:`Look`, :class:`LogTail` for a :class:`ReadLog`, and
    None otherwise.

    Raises:
        EndpointFailedError: the deployment failed, or was cancelled or superseded.
        EndpointNotServingError: it is asleep, not deployed or being deleted, and stays so.
        WaitTimeoutError: ``timeout`` seconds passed.
    """
    if not timeout > 0:
        raise ConfigurationError("timeout must be more than 0 seconds")
    pace = pace or Pace()
    delay = pace.first_delay
    unsettled_since: Optional[float] = None
    # The last look needs some time of its own, or the answer could not arrive within the timeout.
    reserve = min(1.0, timeout / 10)
    elapsed_s = 0.0
    while True:
        seen = yield Look(timeout - elapsed_s)
        assert isinstance(seen, Seen), "a Look is answered with what was Seen"
        yield Tell(_progress(endpoint, seen))
        if seen.problem is None:
            if _has_failed(seen):
                tail = yield ReadLog(seen.deployment_id, max(1.0, timeout - seen.elapsed_s))
                lines = tail.lines if isinstance(tail, LogTail) else []
                raise EndpointFailedError(
                    endpoint,
                    status=seen.deployment_status or seen.status or "failed",
                    deployment_id=seen.deployment_id,
                    log_tail=lines,
                )
            if seen.status == "healthy" and seen.deployment_status in (None, "healthy"):
                return seen
            if _is_idle(seen):
                if unsettled_since is None:
                    unsettled_since = seen.elapsed_s
                elif seen.elapsed_s - unsettled_since >= pace.settle:
                    raise EndpointNotServingError(endpoint, status=seen.status or "")
            else:
                unsettled_since = None
        left = timeout - reserve - seen.elapsed_s
        if left < 1e-3:
            raise WaitTimeoutError(
                endpoint,
                timeout_s=timeout,
                status=seen.status,
                problem=str(seen.problem) if seen.problem else None,
            )
        pause = min(delay, left)
        yield Pause(pause)
        elapsed_s = seen.elapsed_s + pause
        delay = min(delay * pace.multiplier, pace.max_delay)


def _has_failed(seen: Seen) -> bool:
    if seen.deployment_status is not None:
        return seen.deployment_status in ENDED_DEPLOYMENTS
    return seen.status == "failed"


def _is_idle(seen: Seen) -> bool:
    """Tell whether nothing is under way that would make the endpoint healthy."""
    if seen.status == "deleting":
        return True
    is_rolling_out = seen.deployment_status not in (None, "healthy")
    return seen.status in ("scaled_to_zero", "not_deployed") and not is_rolling_out


def _progress(endpoint: str, seen: Seen) -> WaitProgress:
    return WaitProgress(
        endpoint=endpoint,
        status=seen.status,
        deployment_status=seen.deployment_status,
        elapsed_s=seen.elapsed_s,
        problem=str(seen.problem) if seen.problem else None,
    )
