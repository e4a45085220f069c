"""Waiting for an endpoint that wakes up; decides and performs nothing, as :mod:`outpostkit.retry`.

An answer that says of itself that no replica has seen the request is not a failed attempt: the
endpoint is waking up, or its queue is full. It is asked again until the deadline of the call, while
all other failures are counted as ever.
"""

from typing import TYPE_CHECKING, Callable

from outpostkit.retry import (
    Outcome,
    RetryEvent,
    RetryPolicy,
    Send,
    Sleep,
    Subject,
    attempts,
)

if TYPE_CHECKING:
    from outpostkit._calls.exchange import Steps, Value


def attempts_until_awake(
    subject: Subject, policy: RetryPolicy, random: Callable[[], float]
) -> "Steps":
    """Decide what to do next, until an outcome is final; as :func:`outpostkit.retry.attempts`.

    A policy of one attempt is one attempt here, too.
    """
    counted: Steps = attempts(subject, policy, random)
    action = next(counted)
    sent = refusals = 0
    while True:
        if not isinstance(action, Send):
            yield action
            action = counted.send(None)
            continue
        sent += 1
        outcome = yield Send(sent)
        assert outcome is not None, "a Send is answered with its Outcome"
        while _may_wake(subject, outcome, policy):
            refusals += 1
            delay_s = _delay_s(outcome, policy, policy.backoff(refusals, random()))
            if policy.deadline is not None:
                # An attempt that the deadline cuts off would end in doubt, and hide the reason.
                reserve_s = min(1.0, policy.deadline / 4)
                if outcome.elapsed_s + delay_s + reserve_s >= policy.deadline:
                    return outcome
            yield Sleep(
                RetryEvent(
                    attempt=sent,
                    max_attempts=max(policy.max_attempts, sent + 1),
                    delay_s=delay_s,
                    elapsed_s=outcome.elapsed_s,
                    status_code=outcome.status_code,
                    reason=f"{outcome.reason}: no replica has seen the request",
                    request=subject.label,
                )
            )
            sent += 1
            outcome = yield Send(sent)
            assert outcome is not None, "a Send is answered with its Outcome"
        try:
            action = counted.send(outcome)
        except StopIteration as finished:
            final: Outcome[Value] = finished.value
            return final


def attempts_unrepeated(
    subject: Subject, policy: RetryPolicy, random: Callable[[], float]
) -> "Steps":
    """As :func:`attempts_until_awake`, but what may have been made is not, whatever its key."""
    return attempts_until_awake(subject._replace(is_idempotent=False), policy, random)


def _may_wake(subject: Subject, outcome: "Outcome[Value]", policy: RetryPolicy) -> bool:
    return (
        outcome.was_refused_unexecuted
        and subject.is_replayable
        and policy.max_attempts > 1
        and outcome.status_code in policy.statuses
    )


def _delay_s(outcome: "Outcome[Value]", policy: RetryPolicy, backoff_s: float) -> float:
    """Return the pause that the server asks for, and no less than a back-off.

    A server that asks for none would else be asked thousands of times in a deadline.
    """
    return max(backoff_s, min(outcome.retry_after_s or 0.0, policy.retry_after_ceiling))
