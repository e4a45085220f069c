"""What is reported while something takes long, and how a reporter learns that it ended."""

import dataclasses
import re
from typing import Callable, Optional, Tuple, Union

_UNITS = {"bytes": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_TRANSFER = re.compile(r"(?P<done>\d[\d,.]*) of (?P<total>\d[\d,.]*) (?P<unit>bytes|[kMGT]B)\b")


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
    #: The latest line of the deployment's log while it is under way, such as
    #: ``Fetching the model: 34 of 83 MB (41 %).``
    message: Optional[str] = None

    @property
    def transferred(self) -> Optional[Tuple[int, int]]:
        """Bytes that have come, and bytes in all, where ``message`` says so; else None."""
        found = _TRANSFER.search(self.message or "")
        if found is None:
            return None
        unit = _UNITS[found["unit"]]
        done, total = (round(_number(found[name]) * unit) for name in ("done", "total"))
        return (min(done, total), total) if total else None


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:  # such as 1.2.3
        return 0.0


ProgressCallback = Callable[[WaitProgress], None]


ProgressEvent = Union[BatchProgress, WaitProgress]


def finish(reporter: object) -> None:
    """Tell a reporter that nothing follows, if it has a method ``finish`` to be told with.

    A plain function needs none; a bar ends its line.
    """
    end = getattr(reporter, "finish", None)
    if callable(end):
        end()
