"""Requests whose bodies are too large for memory, and the order in which they are sent.

A transfer is a generator of steps: :class:`Work` on local files, and a :class:`Transmission` of
one request with its attempts. :func:`run` and :func:`run_async` take the steps; what they are is
decided without them.
"""

import functools
import random
from typing import (
    Any,
    AsyncIterator,
    Awaitable,
    Callable,
    Dict,
    Generator,
    Iterator,
    List,
    Optional,
    Tuple,
    TypeVar,
    Union,
)

import anyio
import httpx

from outpostkit._calls.building import is_idempotent
from outpostkit._calls.driving import Clock, drive, drive_async
from outpostkit._calls.exchange import Exchange, Steps as DecidedSteps, Value
from outpostkit.repository._receiving import Receiving, StartOver
from outpostkit.repository._source import Progress, Slice
from outpostkit.repository._writing import write_all
from outpostkit.retry import Action, Outcome, RetryPolicy, Send, Sleep, Subject, attempts
from outpostkit.transport._threads import abandonable, pieces_of, to_its_end

T = TypeVar("T")

#: An answer that is kept in memory is never so large.
ANSWER_BYTES = 32 * 1024 * 1024
#: A broken download that has brought this much begins to count its attempts anew.
WORTHWHILE_BYTES = 1024 * 1024


class Work:
    """Something to do with local files; it may take long.

    What only reads may be left to itself by whoever cannot wait: a pipe may take for ever.
    """

    def __init__(self, do: Callable[[], None], *, only_reads: bool = False) -> None:
        self.do = do
        self.only_reads = only_reads


class SliceStream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A part of a file as a request body, from its beginning for every attempt."""

    def __init__(self, content: Slice, progress: Progress) -> None:
        self._content = content
        self._progress = progress

    def __iter__(self) -> Iterator[bytes]:
        done = 0
        for chunk in self._content.chunks():
            yield chunk
            done += len(chunk)
            self._progress.reached(done)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        done = 0
        async for chunk in pieces_of(self._content.chunks()):
            yield chunk
            done += len(chunk)
            if self._progress.is_heard:
                await to_its_end(functools.partial(self._progress.reached, done))


class Transmission:
    """One request with its attempts; its answer is read into memory or into a file."""

    def __init__(
        self,
        request: httpx.Request,
        *,
        label: str,
        policy: RetryPolicy,
        timeout: Dict[str, Optional[float]],
        secrets: Tuple[str, ...],
        is_repeatable: bool = False,
        receiving: Optional[Receiving] = None,
        clock: Optional[Clock] = None,
    ) -> None:
        """Describe the request.

        Args:
            request: its body, if it has one, can be read again.
            label: names it in logs and errors.
            policy: when to repeat it.
            timeout: seconds for each of its phases.
            secrets: never appear in logs and errors.
            is_repeatable: executing it twice does no harm, although its method alone does not
                say so.
            receiving: where the content of a success goes.
            clock: what its time is measured with; that of this machine by default.
        """
        self.request = request
        self.label = label
        self.secrets = secrets
        self.receiving = receiving
        self._policy = policy
        self._has_started_over = False
        self._subject = Subject(label, is_repeatable or is_idempotent(request))
        self.exchange = Exchange(
            request,
            steps=self._steps(),
            clock=clock or Clock(),
            subject=self._subject,
            policy=policy,
            timeout=timeout,
            secrets=secrets,
        )

    def begin(self, action: Send) -> Optional[float]:
        """Make the request ready for an attempt; return the seconds left for it."""
        if self.receiving is not None:
            self.request.headers.pop("Range", None)
            self.request.headers.pop("If-Range", None)
            self.request.headers.update(self.receiving.headers())
        return self.exchange.begin(action)

    def _steps(self) -> DecidedSteps:
        """Decide what to do next; a download that breaks off after it has brought much begins anew.

        That is, it counts its attempts anew: it goes on where it was. It does so, once, when what
        was there turns out to be of no use.
        """
        while True:
            counted: DecidedSteps = attempts(self._subject, self._policy, random.random)
            action = next(counted)
            while True:
                outcome = yield action
                if outcome is not None and self._begins_anew(outcome):
                    break
                try:
                    action = counted.send(outcome)
                except StopIteration as finished:
                    final: Outcome[Value] = finished.value
                    return final

    def _begins_anew(self, outcome: "Outcome[Value]") -> bool:
        if outcome.failure is None or self.receiving is None:
            return False
        if isinstance(outcome.value, StartOver) and not self._has_started_over:
            self._has_started_over = True
            return True
        return self.receiving.gained >= WORTHWHILE_BYTES

    def conclude(self, outcome: "Outcome[Value]") -> httpx.Response:
        """Return the answer of a success; raise the error for anything else."""
        return self.exchange.conclude(outcome)


Step = Union[Work, Transmission]
#: The steps of a transfer that ends in a value; a transmission is replied to with its answer.
Steps = Generator[Step, Optional[httpx.Response], T]


def answer_to(transmission: Transmission) -> "Steps[httpx.Response]":
    """Take one transmission as a step of a transfer, and return its answer."""
    response = yield transmission
    assert response is not None, "a transmission is replied to with its answer"
    return response


def run(steps: "Steps[T]", send: Callable[[httpx.Request], httpx.Response]) -> T:
    """Take the steps of a transfer with blocking input and output."""

    def perform(step: Step) -> Optional[httpx.Response]:
        if isinstance(step, Transmission):
            return transmit(step, send)
        step.do()
        return None

    return drive(steps, perform)


async def run_async(
    steps: "Steps[T]", send: Callable[[httpx.Request], Awaitable[httpx.Response]]
) -> T:
    """Take the steps of a transfer without blocking the event loop."""
    is_cleaning_up = False

    async def perform(step: Step) -> Optional[httpx.Response]:
        nonlocal is_cleaning_up
        # After a cancellation the step that cleans up still has its turn.
        shield, is_cleaning_up = is_cleaning_up, True
        reply: Optional[httpx.Response] = None
        with anyio.CancelScope(shield=shield):
            if isinstance(step, Transmission):
                reply = await transmit_async(step, send)
            elif step.only_reads:
                await abandonable(step.do)
            else:
                await to_its_end(step.do)
        is_cleaning_up = False
        return reply

    return await drive_async(steps, perform)


def transmit(
    transmission: Transmission, send: Callable[[httpx.Request], httpx.Response]
) -> httpx.Response:
    """Send one request until an attempt is final."""

    def perform(action: Action) -> "Optional[Outcome[Value]]":
        if isinstance(action, Sleep):
            transmission.exchange.announce(action.event)
            transmission.exchange.clock.sleep(action.event.delay_s)
            return None
        transmission.begin(action)
        try:
            response = send(transmission.request)
            try:
                transmission.exchange.watch(response)
                receiving = transmission.receiving
                if receiving is not None and receiving.accept(response):
                    for piece in response.iter_bytes():
                        receiving.write(piece)
                    receiving.complete()
                    answer = _without_body(response)
                else:
                    kept = _Kept()
                    for piece in response.iter_bytes():
                        kept.add(piece)
                    answer = kept.answer(response)
            finally:
                response.close()
        except httpx.RequestError as error:
            return transmission.exchange.failed(error)
        return transmission.exchange.answered(answer)

    return transmission.conclude(drive(transmission.exchange.steps, perform))


async def transmit_async(
    transmission: Transmission, send: Callable[[httpx.Request], Awaitable[httpx.Response]]
) -> httpx.Response:
    """Send one request until an attempt is final, without blocking the event loop."""

    async def perform(action: Action) -> "Optional[Outcome[Value]]":
        if isinstance(action, Sleep):
            transmission.exchange.announce(action.event)
            await transmission.exchange.clock.sleep_async(action.event.delay_s)
            return None
        try:
            with anyio.fail_after(transmission.begin(action)):
                response = await send(transmission.request)
                try:
                    receiving = transmission.receiving
                    if receiving is not None and receiving.accept(response):
                        await write_all(response.aiter_bytes(), receiving.write)
                        await to_its_end(receiving.complete)
                        answer = _without_body(response)
                    else:
                        kept = _Kept()
                        async for piece in response.aiter_bytes():
                            kept.add(piece)
                        answer = kept.answer(response)
                finally:
                    await response.aclose()
        except (httpx.RequestError, TimeoutError) as error:
            return transmission.exchange.failed(error)
        return transmission.exchange.answered(answer)

    return transmission.conclude(await drive_async(transmission.exchange.steps, perform))


class _Kept:
    """A body that is kept in memory, within reason."""

    def __init__(self) -> None:
        self._pieces: List[bytes] = []
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > ANSWER_BYTES:
            raise httpx.DecodingError(f"the answer is larger than {ANSWER_BYTES} bytes")
        self._pieces.append(piece)

    def answer(self, response: httpx.Response) -> httpx.Response:
        return _without_body(response, b"".join(self._pieces))


def _without_body(response: httpx.Response, content: bytes = b"") -> httpx.Response:
    """Return an answer that holds ``content`` instead of a stream."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    headers = [each for each in response.headers.multi_items() if each[0].lower() not in gone]
    extensions: Dict[str, Any] = {"http_version": b"HTTP/1.1"}
    if "reason_phrase" in response.extensions:
        extensions["reason_phrase"] = response.extensions["reason_phrase"]
    return httpx.Response(
        response.status_code,
        headers=headers,
        content=content,
        request=response.request,
        extensions=extensions,
    )
