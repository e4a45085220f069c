"""What is reported while something takes long, and how a reporter learns that it ended."""

import dataclasses
from typing import TYPE_CHECKING, Callable, Optional

if TYPE_CHECKING:
    from typing import Union

    from outpostkit._endpoint.waiting import WaitProgress

    ProgressEvent = Union["BatchProgress", WaitProgress]

__all__ = ["BatchProgress", "finish"]


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


def finish(reporter: object) -> None:
    """Tell a reporter that nothing follows, if it has a method ``finish`` to be told with.

    A plain function needs none; a bar ends its line.
    """
    end = getattr(reporter, "finish", None)
    if callable(end):
        end()
