"""What a batch sends next, and when: new inputs, and again those that the server turned away.

Decides and performs nothing, as :mod:`outpostkit.predictor._batch`, which says what may begin.
"""

import heapq
import os
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple

from outpostkit.exceptions import OutpostHTTPException
from outpostkit.predictor._batch import Batch, Job, PredictionResult
from outpostkit.predictor._pace import Pace
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from typing import Any


class Refused:
    """A 429: the server has not executed this, and it may be sent again."""

    def __init__(self, error: OutpostHTTPException) -> None:
        self.error = error


class BatchQueue:
    """The inputs of a batch on their way. Times are seconds of one clock that never goes back.

    A 429 is no failed attempt of an input: all wait, and it is sent again. What bounds that is the
    deadline, from when it was first sent. Time in which it only waits for others does not count.
    """

    def __init__(
        self,
        batch: Batch,
        policy: RetryPolicy,
        random: Callable[[], float],
        *,
        repeatable: bool,
    ) -> None:
        self.batch = batch
        self.policy = policy
        self._pace = Pace(policy, random)
        self._repeatable = repeatable
        #: Those to be sent again, the one that began first before the others.
        self._again: List[Tuple[int, Job]] = []

    @property
    def has_more(self) -> bool:
        """Tell whether something waits to be sent again."""
        return bool(self._again)

    def pause_s(self, now: float) -> float:
        """Return the seconds until something may be sent; 0 is now."""
        return self._pace.pause_s(now)

    def begin(self, indexed: "Tuple[int, Any]", now: float) -> Job:
        """Return the job of a new input, which is sent now."""
        job = self.batch.start(indexed)
        if self._repeatable:
            # One for each input, whatever happens to it.
            job.key = os.urandom(16).hex()
        job.sending = self._pace.sent(now)
        return job

    def begin_again(self, now: float) -> Job:
        """Return the job that is sent again now."""
        _, job = heapq.heappop(self._again)
        job.spent_s += self._pace.held_s(now) - job.held_s
        job.sending = self._pace.sent(now)
        return job

    def left_s(self, job: Job) -> Optional[float]:
        """Return the seconds that a job has left before its deadline; None without one."""
        deadline = self.policy.deadline
        if deadline is None or not job.spent_s:
            return deadline
        # Whose turn has come is tried, though its deadline passes just now.
        return max(deadline - job.spent_s, min(1.0, deadline))

    def take_back(self, job: Job, refused: Refused, now: float) -> Optional[PredictionResult]:
        """Take a job that was turned away; return its result where it is not sent again."""
        assert job.sending is not None, "it was sent"
        self._pace.refused(job.sending, now, refused.error.retry_after_s)
        job.spent_s += now - job.sending.at
        job.held_s = self._pace.held_s(now)
        deadline = self.policy.deadline
        if deadline is not None and job.spent_s + self._pace.pause_s(now) >= deadline:
            return PredictionResult(job.index, job.input, error=refused.error)
        heapq.heappush(self._again, (job.number, job))
        return None
