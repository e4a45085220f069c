"""A transport of httpx that repeats requests, as ``outpostkit.client`` has always had one.

The clients do not use it: they retry above httpx, with a deadline. It is for programs that build
their own ``httpx.Client``. When to repeat is decided by :mod:`outpostkit.retry` here too.
"""

import random
import time
from typing import ClassVar, FrozenSet, Generator, Iterable, List, Optional, Union

import anyio
import httpx

from outpost_api.request import IDEMPOTENT_METHODS
from outpostkit._calls.driving import drive, drive_async
from outpostkit.retry import (
    Action,
    Outcome,
    RetryPolicy,
    Send,
    Subject,
    attempts,
    http_date_seconds,
    retry_after_seconds,
)

Steps = Generator[Action, Optional["Outcome[httpx.Response]"], "Outcome[httpx.Response]"]


class RetryTransport(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Sends requests over another transport, again after a status that a moment may cure.

    A transport error is not repeated, nor is a request whose body can be read only once.
    """

    RETRYABLE_METHODS: ClassVar[FrozenSet[str]] = IDEMPOTENT_METHODS
    RETRYABLE_STATUS_CODES: ClassVar[FrozenSet[int]] = frozenset({429, 503, 504})
    MAX_BACKOFF_WAIT: ClassVar[float] = 60

    def __init__(
        self,
        wrapped_transport: Union[httpx.BaseTransport, httpx.AsyncBaseTransport],
        *,
        max_attempts: int = 10,
        max_backoff_wait: float = MAX_BACKOFF_WAIT,
        backoff_factor: float = 0.1,
        jitter_ratio: float = 0.1,
        retryable_methods: Optional[Iterable[str]] = None,
        retry_status_codes: Optional[Iterable[int]] = None,
    ) -> None:
        """Wrap a transport.

        Args:
            wrapped_transport: sends the requests; blocking, async or both.
            max_attempts: attempts in all.
            max_backoff_wait: seconds that no wait exceeds, whatever a server asks for.
            backoff_factor: seconds before the second attempt; each further wait is twice as long.
            jitter_ratio: the share of every wait that is random, 0 to 1.
            retryable_methods: methods that are repeated; ``RETRYABLE_METHODS`` by default.
            retry_status_codes: statuses that are; ``RETRYABLE_STATUS_CODES`` by default.

        Raises:
            ConfigurationError: a number is out of its bounds.
        """
        self._wrapped = wrapped_transport
        methods = self.RETRYABLE_METHODS if retryable_methods is None else retryable_methods
        self._methods = frozenset(method.upper() for method in methods)
        self._policy = RetryPolicy(
            max_attempts=max_attempts,
            statuses=frozenset(
                self.RETRYABLE_STATUS_CODES if retry_status_codes is None else retry_status_codes
            ),
            initial_delay=backoff_factor,
            max_delay=max_backoff_wait,
            jitter=jitter_ratio,
            retry_after_ceiling=max_backoff_wait,
            deadline=None,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, again if it is worth it, and return the last answer."""
        wrapped = self._wrapped
        if not isinstance(wrapped, httpx.BaseTransport):
            raise TypeError("the wrapped transport is async; use it with httpx.AsyncClient")
        sent: List[Outcome[httpx.Response]] = []

        def perform(action: Action) -> Optional[Outcome[httpx.Response]]:
            if isinstance(action, Send):
                sent.append(_outcome(wrapped.handle_request(request)))
                return sent[-1]
            sent[-1].value.close()  # gives its connection back
            time.sleep(action.event.delay_s)
            return None

        return (drive(self._steps(request), perform)).value

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, again if it is worth it, and return the last answer."""
        wrapped = self._wrapped
        if not isinstance(wrapped, httpx.AsyncBaseTransport):
            raise TypeError("the wrapped transport blocks; use it with httpx.Client")
        sent: List[Outcome[httpx.Response]] = []

        async def perform(action: Action) -> Optional[Outcome[httpx.Response]]:
            if isinstance(action, Send):
                sent.append(_outcome(await wrapped.handle_async_request(request)))
                return sent[-1]
            await sent[-1].value.aclose()  # gives its connection back
            await anyio.sleep(action.event.delay_s)
            return None

        return (await drive_async(self._steps(request), perform)).value

    def close(self) -> None:
        """Close the wrapped transport."""
        if isinstance(self._wrapped, httpx.BaseTransport):
            self._wrapped.close()

    async def aclose(self) -> None:
        """Close the wrapped transport."""
        if isinstance(self._wrapped, httpx.AsyncBaseTransport):
            await self._wrapped.aclose()

    def _steps(self, request: httpx.Request) -> Steps:
        is_repeatable = isinstance(request.stream, httpx.ByteStream)
        subject = Subject(
            f"{request.method} {request.url.path}",
            # What the caller lists as repeatable is, whatever the method.
            is_idempotent=True,
            is_replayable=is_repeatable and request.method.upper() in self._methods,
        )
        return attempts(subject, self._policy, random.random)


def _outcome(response: httpx.Response) -> "Outcome[httpx.Response]":
    now = http_date_seconds(response.headers.get("date"))
    return Outcome(
        elapsed_s=0.0,
        value=response,
        status_code=response.status_code,
        retry_after_s=retry_after_seconds(response.headers.get("retry-after"), now),
        reason=f"status {response.status_code}",
    )
