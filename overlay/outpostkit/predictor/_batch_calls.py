"""How an input of a batch is sent: as ``infer`` does, but a 429 is the matter of the batch."""

from typing import TYPE_CHECKING, Optional, TypeVar, Union

from outpostkit.exceptions import OutpostHTTPException
from outpostkit.predictor._batch_queue import BatchQueue, Refused
from outpostkit.predictor._plans import within
from outpostkit.retry import TOO_MANY_REQUESTS, RetryEvent, RetryPolicy

if TYPE_CHECKING:
    from typing import Any

    import httpx

    from outpostkit._calls.calls import PlannedCalls
    from outpostkit._calls.exchange import Exchange
    from outpostkit.predictor._batch import Batch
    from outpostkit.predictor._plans import Domain

K = TypeVar("K", bound="PlannedCalls[Any]")


class BatchCalls:
    """The calls of one batch, and the queue of its inputs."""

    def __init__(
        self,
        calls: "PlannedCalls[Any]",
        batch: "Batch",
        *,
        deadline: Optional[float],
        repeatable: bool,
    ) -> None:
        """Plan the calls.

        Args:
            calls: what its predictor sends with.
            batch: what may begin.
            deadline: seconds for each input; None for what the calls have.
            repeatable: whether each input gets an idempotency key.

        Raises:
            ConfigurationError: the deadline is no time.
        """
        from random import random

        calls = within(calls, None, deadline)
        settings = calls.settings
        policy = settings.retry
        self._repeats_refused = policy.max_attempts > 1 and TOO_MANY_REQUESTS in policy.statuses
        if self._repeats_refused:
            policy = policy.replace(statuses=policy.statuses - {TOO_MANY_REQUESTS})
        # Waiting for a connection is waiting in the batch's own queue, which is no failure.
        self._calls = calls.derive(retry=policy, timeout={**settings.timeout, "pool": None})
        self.queue = BatchQueue(batch, policy, random, repeatable=repeatable)

    def until(self, calls: K, left_s: Optional[float]) -> K:
        """Return the calls with the settings of the batch, for an input with this time left."""
        settings = self._calls.settings
        if left_s != settings.retry.deadline:
            settings = settings.derive(retry=settings.retry.replace(deadline=left_s))
        return calls.using(settings)

    def answer(
        self, domain: "Domain", exchange: "Exchange", response: "httpx.Response"
    ) -> "Union[httpx.Response, Refused]":
        """Return the answer to an input, or that it is to be sent again; errors as of ``infer``."""
        if (
            response.status_code != TOO_MANY_REQUESTS
            or not self._repeats_refused
            or not exchange.subject.is_replayable
        ):
            return domain.checked(response, exchange.attempts)
        error = domain.error(response, exchange.attempts)
        exchange.announce(_event(error, exchange, self.queue.policy))
        return Refused(error)


def _event(error: OutpostHTTPException, exchange: "Exchange", policy: RetryPolicy) -> RetryEvent:
    """Tell what is known when the batch has not yet decided; it may take longer."""
    asked_s = error.retry_after_s
    return RetryEvent(
        attempt=exchange.attempts,
        max_attempts=max(policy.max_attempts, exchange.attempts + 1),
        delay_s=policy.backoff(1, 0.0) if asked_s is None else asked_s,
        elapsed_s=exchange.clock.monotonic() - exchange.began,
        status_code=error.status_code,
        reason="status 429: the server takes no more for now",
        request=exchange.subject.label,
    )
