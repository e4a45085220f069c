"""What a batch sends next, and when: new inputs, and again those that the server turned away.

Decides and performs nothing, as :mod:`outpostkit.predictor._batch`, which says what may begin.
"""

import copy
import heapq
import os
from typing import TYPE_CHECKING, Callable, List, Optional, Tuple

from outpostkit.exceptions import OutpostHTTPException
from outpostkit.predictor._batch import Batch, Job, PredictionResult
from outpostkit.predictor._pace import Pace
from outpostkit.predictor._plans import UNREPEATED
from outpostkit.retry import RetryPolicy

if TYPE_CHECKING:
    from typing import Any


class Refused:
    """A 429: the server has not executed this, and it may be sent again."""

    def __init__(self, error: OutpostHTTPException) -> None:
        self.error = error


class BatchQueue:
    """The inputs of a batch on their way. Times are seconds of one clock that never goes back.

    A 429 is no failed attempt of an input: all wait, and it is sent again. Only the time in which
    it is under way counts before its deadline, as it is the server that has the others wait. What
    bounds that is the patience of the whole batch with a server that answers nothing but 429: the
    deadline and the ceiling of one ``Retry-After``. When it ends the batch is *over*: everything
    that is left fails alike, unsent.
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
        #: Seconds that the server may answer nothing but 429; None for ever.
        self._patience_s = (
            None if policy.deadline is None else policy.deadline + policy.retry_after_ceiling
        )
        #: When the first 429 came after which nothing else has.
        self._in_vain_since: Optional[float] = None
        #: The 429 with which all that is left fails, unsent; None while the batch goes on.
        self.over: Optional[Refused] = None

    @property
    def has_more(self) -> bool:
        """Tell whether something waits to be sent again."""
        return bool(self._again)

    def pause_s(self, now: float) -> float:
        """Return the seconds until something may be sent, or fail unsent; 0 is now."""
        return self._pace.pause_s(now) if self.over is None else 0.0

    def begin(self, indexed: "Tuple[int, Any]", now: float) -> Job:
        """Return the job of a new input, which is sent now."""
        job = self.batch.start(indexed)
        # One for each input, whatever happens to it.
        job.key = os.urandom(16).hex() if self._repeatable else UNREPEATED
        job.sending = self._pace.sent(now)
        return job

    def begin_again(self, now: float) -> Job:
        """Return the job that is sent again now."""
        _, job = heapq.heappop(self._again)
        job.sending = self._pace.sent(now)
        return job

    def left_s(self, job: Job) -> Optional[float]:
        """Return the seconds that a job has left before its deadline; None without one."""
        deadline = self.policy.deadline
        if deadline is None or not job.spent_s:
            return deadline
        # Whose turn has come is tried, though its deadline passes just now.
        return max(deadline - job.spent_s, min(1.0, deadline))

    def answered(self) -> None:
        """Take note that something ended other than with a 429."""
        self._in_vain_since = None

    def take_back(self, job: Job, refused: Refused, now: float) -> Optional[PredictionResult]:
        """Take a job that was turned away; return its result where it is not sent again."""
        assert job.sending is not None, "it was begun"
        if self.over is None:
            self._pace.refused(job.sending, now, refused.error.retry_after_s)
            job.spent_s += now - job.sending.at
            if self._in_vain_since is None:
                self._in_vain_since = now
            vain_s = now - self._in_vain_since + self._pace.pause_s(now)
            if self._patience_s is not None and vain_s > self._patience_s:
                self.over = refused
        deadline = self.policy.deadline
        if self.over is not None or (deadline is not None and job.spent_s >= deadline):
            # A copy for each of those that fail with the same: what is raised collects a traceback.
            return PredictionResult(job.index, job.input, error=copy.copy(refused.error))
        heapq.heappush(self._again, (job.number, job))
        return None
