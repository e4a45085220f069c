"""What is reported while something takes long, and how a reporter learns that it ended."""

import dataclasses
from typing import Callable, Optional, Union


@dataclasses.dataclass(frozen=True)
class BatchProgress:
    """How far a batch of predictions is; what ``progress`` receives after each one."""

    #: Predictions that were answered, failures included.
    done: int
    #: Predictions that failed.
    failed: int
    #: Inputs in all, or None when that is not known before the last one.
    total: Optional[int]
    #: Seconds since the batch began.
    elapsed_s: float


BatchCallback = Callable[[BatchProgress], None]


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
    #: Seconds after which the waiting gives up.
    timeout_s: Optional[float] = None


ProgressCallback = Callable[[WaitProgress], None]


ProgressEvent = Union[BatchProgress, WaitProgress]


def finish(reporter: object) -> None:
    """Tell a reporter that nothing follows, if it has a method ``finish`` to be told with.

    A plain function needs none; a bar ends its line.
    """
    end = getattr(reporter, "finish", None)
    if callable(end):
        end()
