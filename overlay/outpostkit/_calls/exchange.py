"""One call to a server: its attempts, its deadline, and the answer or the error it ends in.

:class:`Exchange` is the part without waiting or input and output; the two shells around it are in
:mod:`outpostkit._calls.performing`. Importing this module imports httpx, so the clients import it
with their first request; what most calls do not need comes later still.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Callable, Generator, Optional, Tuple, Union

import httpx

from outpostkit._calls.deadline import Phases, ShrinkingTimeout, WatchedStream
from outpostkit._calls.driving import Clock
from outpostkit._calls.redaction import redact, redact_bytes
from outpostkit.exceptions import OutpostError
from outpostkit.retry import (
    Action,
    Outcome,
    RetryEvent,
    RetryPolicy,
    Send,
    Subject,
    http_date_seconds,
    retry_after_seconds,
)

logger = logging.getLogger("outpostkit")

#: What an attempt gives: the answer, or the error that came instead of one.
Value = Union[httpx.Response, Exception]


#: Decides what to do next, until an outcome is final; see :func:`outpostkit.retry.attempts`.
Steps = Generator[Action, Optional[Outcome[Value]], Outcome[Value]]
Decide = Callable[[Subject, RetryPolicy, Callable[[], float]], Steps]


class Exchange:
    """The state of one call between its attempts."""

    __slots__ = (
        "_is_refused_unexecuted",
        "_policy",
        "advice_when_broken",
        "attempts",
        "began",
        "clock",
        "head",
        "last_words",
        "max_bytes",
        "operation_id",
        "request",
        "secrets",
        "steps",
        "subject",
        "template",
        "timeout",
    )

    def __init__(
        self,
        request: httpx.Request,
        *,
        steps: Steps,
        clock: Clock,
        subject: Subject,
        policy: RetryPolicy,
        timeout: Phases,
        secrets: Tuple[str, ...],
        is_refused_unexecuted: Optional[Callable[[httpx.Response], bool]] = None,
        operation_id: str = "",
        template: Optional[str] = None,
        max_bytes: Optional[int] = None,
    ) -> None:
        """Begin a call.

        Args:
            request: what is sent, as often as it takes.
            steps: decide when it is sent, and what is final.
            clock: what its time is measured with.
            subject: what was told of it to who decides.
            policy: its deadline, and whom to tell of another attempt.
            timeout: seconds for each phase of an attempt.
            secrets: never appear in logs and errors.
            is_refused_unexecuted: tells whether an answer says that nothing was executed.
            operation_id: the operation that is called, for errors.
            template: its path, for spans.
            max_bytes: how large its answer may be; None is what is reasonable.
        """
        self.request = request
        self.steps = steps
        self.clock = clock
        self.attempts = 0
        self.operation_id = operation_id
        self.template = template
        self.max_bytes = max_bytes
        self.secrets = secrets
        self.subject = subject
        self._policy = policy
        self._is_refused_unexecuted = is_refused_unexecuted
        #: The answer of this attempt, as soon as its head is there.
        self.head: Optional[httpx.Response] = None
        #: What the answer itself has said of its end.
        self.last_words = ""
        #: What helps when an answer breaks off; ``{request}`` is where its request is named.
        self.advice_when_broken = _ADVICE_WHEN_BROKEN
        self.began = clock.monotonic()
        deadline = policy.deadline
        self.timeout = ShrinkingTimeout(
            timeout, None if deadline is None else self.began + deadline, clock
        )
        request.extensions["timeout"] = self.timeout

    def begin(self, action: Send) -> Optional[float]:
        """Make the request ready for an attempt; return the seconds left for it."""
        self.attempts = action.attempt
        self.head = None
        if logger.isEnabledFor(logging.DEBUG):
            from outpostkit._calls.logs import describe_request

            logger.debug(
                "%s (attempt %d)", describe_request(self.request, self.secrets), self.attempts
            )
        return self.time_left()

    def time_left(self) -> Optional[float]:
        """Return the seconds until the deadline, or None when there is none."""
        until = self.timeout.until
        return None if until is None else max(0.0, until - self.clock.monotonic())

    def watch(self, response: httpx.Response) -> None:
        """Make reading the body stop at the deadline, however slowly it trickles in."""
        until = self.timeout.until
        stream = response.stream
        if (
            until is not None
            and isinstance(stream, httpx.SyncByteStream)
            and not isinstance(stream, httpx.ByteStream)
        ):
            response.stream = WatchedStream(response, until, self.clock)

    def lift_deadline(self) -> None:
        """Let the body take any time, as long as it does not stand still."""
        self.timeout.until = None

    def is_final(self, response: httpx.Response) -> bool:
        """Tell whether nothing more has to be decided about an answer."""
        return response.status_code < 300 and response.status_code not in self._policy.statuses

    def note(self, response: httpx.Response) -> float:
        """Log an answer; return the seconds since the call began."""
        elapsed_s = self.clock.monotonic() - self.began
        if logger.isEnabledFor(logging.DEBUG):
            from outpostkit._calls.logs import describe_answer

            logger.debug(
                "%s: %s after %.3f s (attempt %d)",
                self.subject.label,
                describe_answer(response, self.secrets),
                elapsed_s,
                self.attempts,
            )
        return elapsed_s

    def answered(self, response: httpx.Response) -> Outcome[Value]:
        """Describe an attempt that got an answer."""
        if self.is_final(response):
            elapsed_s = self.note(response)
            if response.is_closed:
                response.elapsed = timedelta(seconds=elapsed_s)
            return Outcome(elapsed_s, response, response.status_code)
        refused = self._is_refused_unexecuted
        return Outcome(
            elapsed_s=self.note(response),
            value=response,
            status_code=response.status_code,
            retry_after_s=retry_after_of(response),
            was_refused_unexecuted=refused is not None and refused(response),
            reason=f"status {response.status_code}",
        )

    def failed(self, error: Exception) -> Outcome[Value]:
        """Describe an attempt that ended without an answer."""
        from outpostkit._calls.failures import failure_of, words_for
        from outpostkit._calls.redaction import forget_locals

        forget_locals(error)
        elapsed_s = self.clock.monotonic() - self.began
        reason = redact(words_for(error), self.secrets)
        logger.debug(
            "%s: %s after %.3f s (attempt %d)",
            self.subject.label,
            reason,
            elapsed_s,
            self.attempts,
        )
        return Outcome(elapsed_s=elapsed_s, value=error, failure=failure_of(error), reason=reason)

    def announce(self, event: RetryEvent) -> None:
        """Tell the log and the policy's callback that another attempt follows."""
        logger.info(
            "%s: %s; attempt %d of %d in %.2f s",
            event.request,
            event.reason,
            event.attempt + 1,
            event.max_attempts,
            event.delay_s,
        )
        if self._policy.on_retry is not None:
            self._policy.on_retry(event)

    def broken(self, error: Exception) -> OutpostError:
        """Return the error for a body that broke off after the call had its answer."""
        return self.error(error, self.failed(error).reason)

    def conclude(self, outcome: Outcome[Value]) -> httpx.Response:
        """Return the answer, without secrets if it is an error; or raise what came instead.

        Raises:
            OutpostConnectionError: there was no answer.
            ConfigurationError: the request cannot be sent as it is.
        """
        if isinstance(outcome.value, httpx.Response):
            response = outcome.value
            return response if response.is_success else without_secrets(response, self.secrets)
        raise self.error(outcome.value, outcome.reason) from outcome.value

    def error(self, problem: Exception, reason: str) -> OutpostError:
        """Return the error for a call without a complete answer."""
        from outpostkit._calls.failures import error_for

        return error_for(self, problem, reason)


_ADVICE_WHEN_BROKEN = (
    "The server, or a proxy before it, has ended it: ask again; the server's log may have the "
    "reason{request}."
)


def retry_after_of(response: httpx.Response) -> Optional[float]:
    """Return the seconds that an answer asks its caller to wait, or None."""
    value = response.headers.get("retry-after")
    if value is None:
        return None
    # Dates are compared with the server's own clock, as ours may differ.
    return retry_after_seconds(value, http_date_seconds(response.headers.get("date")))


def without_secrets(response: httpx.Response, secrets: Tuple[str, ...]) -> httpx.Response:
    """Return an answer whose body and headers hold none of the secrets."""
    content = redact_bytes(response.content, secrets)
    headers = [(name, redact(value, secrets)) for name, value in response.headers.multi_items()]
    if content is response.content and headers == response.headers.multi_items():
        return response
    # The body is decoded and of another length now.
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return httpx.Response(
        response.status_code,
        headers=[(name, value) for name, value in headers if name.lower() not in gone],
        content=content,
        request=response.request,
        extensions={"http_version": response.extensions.get("http_version", b"HTTP/1.1")},
    )
