"""One call to a server: its attempts, its deadline, and the answer or the error it ends in.

:class:`Exchange` is the part without waiting or input and output; :func:`perform` and
:func:`perform_async` are the two shells around it. Importing this module imports httpx, so the
clients import it with their first request.
"""

import logging
import random
import ssl
import time
from typing import (
    AsyncIterator,
    Callable,
    Dict,
    Generator,
    Iterator,
    Optional,
    Tuple,
    TypeVar,
    Union,
)

import anyio
import httpx

from outpost_api.bodies import FileBody, MultipartBody
from outpostkit._redaction import redact, redact_bytes
from outpostkit.exceptions import OutpostConnectionError, OutpostTimeoutError
from outpostkit.retry import (
    Action,
    Failure,
    Outcome,
    RetryEvent,
    RetryPolicy,
    Send,
    Subject,
    attempts,
    http_date_seconds,
    retry_after_seconds,
)

logger = logging.getLogger("outpostkit")

D = TypeVar("D")

#: What an attempt gives: the answer, or the error that came instead of one.
Value = Union[httpx.Response, Exception]

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_PERMANENT = (
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.TooManyRedirects,
    httpx.DecodingError,
)


class PlanStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of the generated layer as httpx sends it, from its beginning for every attempt."""

    def __init__(self, body: Union[FileBody, MultipartBody]) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        return self._body.chunks()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._body.chunks():
            yield chunk


class Exchange:
    """The state of one call between its attempts."""

    def __init__(
        self,
        request: httpx.Request,
        *,
        subject: Subject,
        policy: RetryPolicy,
        timeout: Dict[str, Optional[float]],
        secrets: Tuple[str, ...],
        is_refused_unexecuted: Optional[Callable[[httpx.Response], bool]] = None,
    ) -> None:
        self.request = request
        self.steps: Generator[Action, Optional[Outcome[Value]], Outcome[Value]] = attempts(
            subject, policy, random.random
        )
        self.attempts = 0
        self._subject = subject
        self._policy = policy
        self._timeout = timeout
        self._secrets = secrets
        self._is_refused_unexecuted = is_refused_unexecuted
        self._began = time.monotonic()

    def begin(self, action: Send) -> Optional[float]:
        """Make the request ready for an attempt; return the seconds left for it."""
        self.attempts = action.attempt
        left = self.time_left()
        timeout = self._timeout
        if self._policy.deadline is not None:
            timeout = _ShrinkingTimeout(timeout, self._began + self._policy.deadline)
        self.request.extensions = {**self.request.extensions, "timeout": timeout}
        return left

    def time_left(self) -> Optional[float]:
        """Return the seconds until the deadline, or None when there is none."""
        if self._policy.deadline is None:
            return None
        return max(0.0, self._began + self._policy.deadline - time.monotonic())

    def watch(self, response: httpx.Response) -> None:
        """Make reading the body stop at the deadline, however slowly it trickles in."""
        if self._policy.deadline is not None and isinstance(response.stream, httpx.SyncByteStream):
            until = self._began + self._policy.deadline
            response.stream = _WatchedStream(response.stream, until, self.request)

    def answered(self, response: httpx.Response) -> "Outcome[Value]":
        """Describe an attempt that got an answer."""
        elapsed_s = time.monotonic() - self._began
        status_code = response.status_code
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug(
                "%s: status %d after %.3f s (attempt %d)",
                self._subject.label,
                status_code,
                elapsed_s,
                self.attempts,
            )
        if status_code < 300:
            return Outcome(elapsed_s=elapsed_s, value=response, status_code=status_code)
        refused = self._is_refused_unexecuted
        return Outcome(
            elapsed_s=elapsed_s,
            value=response,
            status_code=status_code,
            retry_after_s=retry_after_of(response),
            was_refused_unexecuted=refused is not None and refused(response),
            reason=f"status {status_code}",
        )

    def failed(self, error: Exception) -> "Outcome[Value]":
        """Describe an attempt that ended without an answer."""
        return Outcome(
            elapsed_s=time.monotonic() - self._began,
            value=error,
            failure=_failure(error),
            reason=redact(_words(error), self._secrets),
        )

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

    def conclude(self, outcome: "Outcome[Value]") -> httpx.Response:
        """Return the answer, without secrets if it is an error; or raise what came instead.

        Raises:
            OutpostConnectionError: there was no answer.
        """
        if isinstance(outcome.value, httpx.Response):
            response = outcome.value
            return response if response.is_success else without_secrets(response, self._secrets)
        url = str(self.request.url.copy_with(query=None, fragment=None))
        tried = f" ({self.attempts} attempts)" if self.attempts > 1 else ""
        what = f"{self.request.method} {url}: {outcome.reason}{tried}."
        if isinstance(outcome.value, (httpx.TimeoutException, TimeoutError)):
            raise OutpostTimeoutError(
                f"{what} The server may be busy: allow more time with timeout= or a RetryPolicy "
                "with a later deadline.",
                method=self.request.method,
                url=url,
                attempts=self.attempts,
            ) from outcome.value
        raise OutpostConnectionError(
            f"{what} Check that the address is right (base_url= or OUTPOST_BASE_URL), that the "
            "server runs, and that no proxy or firewall is in the way.",
            method=self.request.method,
            url=url,
            attempts=self.attempts,
        ) from outcome.value


def perform(http: httpx.Client, exchange: Exchange) -> httpx.Response:
    """Take the steps of an exchange with blocking input and output; the body is read."""
    reply: Optional[Outcome[Value]] = None
    while True:
        try:
            action = exchange.steps.send(reply)
        except StopIteration as finished:
            return exchange.conclude(finished.value)
        if not isinstance(action, Send):
            exchange.announce(action.event)
            time.sleep(action.event.delay_s)
            reply = None
            continue
        exchange.begin(action)
        try:
            response = http.send(exchange.request, stream=True)
            try:
                exchange.watch(response)
                response.read()
            finally:
                response.close()
        except httpx.RequestError as error:
            reply = exchange.failed(error)
        else:
            reply = exchange.answered(response)


async def perform_async(http: httpx.AsyncClient, exchange: Exchange) -> httpx.Response:
    """Take the steps of an exchange without blocking the event loop; the body is read."""
    reply: Optional[Outcome[Value]] = None
    while True:
        try:
            action = exchange.steps.send(reply)
        except StopIteration as finished:
            return exchange.conclude(finished.value)
        if not isinstance(action, Send):
            exchange.announce(action.event)
            await anyio.sleep(action.event.delay_s)
            reply = None
            continue
        try:
            with anyio.fail_after(exchange.begin(action)):
                response = await http.send(exchange.request, stream=True)
                try:
                    await response.aread()
                finally:
                    await response.aclose()
        except (httpx.RequestError, TimeoutError) as error:
            reply = exchange.failed(error)
        else:
            reply = exchange.answered(response)


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


class _ShrinkingTimeout(Dict[str, Optional[float]]):
    """The timeouts of the phases of a request, cut to what is left when a phase begins.

    httpcore asks for each phase's number with ``get`` at the moment the phase begins.
    """

    def __init__(self, phases: Dict[str, Optional[float]], until: float) -> None:
        super().__init__(phases)
        self._until = until

    def get(  # type: ignore[override]  # only ever asked for phases, with or without a default
        self, phase: str, default: Optional[float] = None
    ) -> Optional[float]:
        # Not 0, which would mean "do not wait" to a socket rather than "time is up", and no more
        # than the two weeks of milliseconds that poll() can count.
        left = min(max(self._until - time.monotonic(), 1e-3), 1e6)
        allowed = super().get(phase, default)
        return left if allowed is None else min(allowed, left)


class _WatchedStream(httpx.SyncByteStream):
    """A body whose reading stops at the deadline."""

    def __init__(self, stream: httpx.SyncByteStream, until: float, request: httpx.Request) -> None:
        self._stream = stream
        self._until = until
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._stream:
            if time.monotonic() > self._until:
                raise httpx.ReadTimeout("the body did not end in time", request=self._request)
            yield chunk

    def close(self) -> None:
        self._stream.close()


def _failure(error: Exception) -> Failure:
    if isinstance(error, _PERMANENT) or _is_certificate_problem(error):
        return Failure.PERMANENT
    if isinstance(error, _NOT_SENT):
        return Failure.NOT_SENT
    return Failure.IN_DOUBT


def _is_certificate_problem(error: Optional[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _words(error: Exception) -> str:
    kinds: Tuple[Tuple[type, str], ...] = (
        (httpx.ConnectTimeout, "no connection in time"),
        (httpx.PoolTimeout, "no free connection in time"),
        (httpx.ReadTimeout, "no answer in time"),
        (httpx.WriteTimeout, "the request could not be sent in time"),
        (TimeoutError, "no answer in time"),
        (httpx.ConnectError, "no connection"),
        (httpx.ProxyError, "the proxy refused"),
        (httpx.DecodingError, "the answer's compression is broken"),
        (httpx.ReadError, "the connection broke before the answer was complete"),
        (httpx.RemoteProtocolError, "the answer is not HTTP or breaks off"),
        (httpx.LocalProtocolError, "a header or the address cannot be sent"),
    )
    words = next((words for kind, words in kinds if isinstance(error, kind)), type(error).__name__)
    # What httpx says of a header that cannot be sent quotes it, and it may be a secret.
    detail = "" if isinstance(error, httpx.LocalProtocolError) else str(error)
    return f"{words}: {detail}" if detail else words
