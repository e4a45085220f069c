"""Running a batch of predictions: with threads for code that blocks, with tasks for ``async`` code.

What to send and to hand out is decided by :mod:`outpostkit.predictor._batch_queue` and
:mod:`outpostkit.predictor._batch`.
"""

import asyncio
import contextlib
import contextvars
import enum
import queue
import threading
import time
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    ContextManager,
    Coroutine,
    Generator,
    Iterable,
    Iterator,
    List,
    Optional,
    Set,
    Tuple,
    Union,
)

from outpostkit.exceptions import ConfigurationError, OutpostError
from outpostkit.predictor._batch import Job, PredictionResult
from outpostkit.predictor._batch_queue import BatchQueue, Refused
from outpostkit.predictor._inputs.batches import check_inputs
from outpostkit.progress._events import BatchCallback, finish

if TYPE_CHECKING:
    import httpx

    Answer = Union[httpx.Response, Refused]

#: Seconds that a batch which ends early waits for the predictions under way; they are left alone
#: then, and end by themselves.
LINGER_S = 1.0

Indexed = Tuple[int, Any]
#: A job and its result, or that it was turned away, or what a bug or an interruption raised.
Ended = Tuple[Job, Union[PredictionResult, Refused, BaseException]]


class Tick(enum.Enum):
    """That a pause is over."""

    TICK = "tick"


TICK = Tick.TICK


def run(
    send: "Callable[[Job, Optional[float]], Answer]",
    inputs: Iterator[Indexed],
    jobs: BatchQueue,
    make_room: "Callable[[int], ContextManager[int]]",
    progress: Optional[BatchCallback],
) -> Generator[PredictionResult, None, None]:
    """Yield the results of a batch; inputs are taken in the caller's thread, as there is room.

    Its threads have the context (such as the span) in which the first result is asked for.
    """
    batch = jobs.batch
    context = contextvars.copy_context()
    work: queue.SimpleQueue[Optional[Tuple[Job, Optional[float]]]] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
    workers: List[threading.Thread] = []
    is_over = False
    with make_room(batch.concurrency) as at_once:
        batch.limit(at_once)
        try:
            while True:
                pause_s = 0.0
                while jobs.has_more or (not is_over and batch.has_room()):
                    now = time.monotonic()
                    pause_s = jobs.pause_s(now)
                    if pause_s > 0:
                        break
                    if jobs.has_more:
                        job = jobs.begin_again(now)
                    else:
                        try:
                            indexed = next(inputs)
                        except StopIteration:
                            is_over = True
                            break
                        job = jobs.begin(indexed, time.monotonic())
                    if jobs.over is not None:
                        ended.put((job, jobs.over))
                        continue
                    work.put((job, jobs.left_s(job)))
                    if len(workers) < batch.in_flight:
                        # Daemons, so that a program which gives up does not wait for its
                        # predictions.
                        workers.append(
                            threading.Thread(
                                target=_work,
                                args=(send, context, work, ended),
                                name="outpost-infer",
                                daemon=True,
                            )
                        )
                        workers[-1].start()
                if not (batch.in_flight or pause_s):
                    return
                try:
                    job, outcome = ended.get(timeout=pause_s or None)
                except queue.Empty:
                    continue
                yield from _taken(jobs, job, outcome, progress)
        finally:
            with contextlib.suppress(queue.Empty):
                while True:
                    work.get_nowait()  # what has not begun is not predicted any more
            for _ in workers:
                work.put(None)
            finish(progress)
            # What is under way and ends soon gives its connection back before the client is closed.
            patience = time.monotonic() + LINGER_S
            for worker in workers:
                if worker.is_alive():  # not so the one whose start was interrupted
                    worker.join(max(0.0, patience - time.monotonic()))


def _work(
    send: "Callable[[Job, Optional[float]], Answer]",
    context: contextvars.Context,
    work: "queue.SimpleQueue[Optional[Tuple[Job, Optional[float]]]]",
    ended: "queue.SimpleQueue[Ended]",
) -> None:
    while True:
        got = work.get()
        if got is None:
            return
        job, left_s = got
        try:
            # A copy, as a context can be entered by one thread at a time.
            answer = context.copy().run(send, job, left_s)
        except OutpostError as error:
            ended.put((job, PredictionResult(job.index, job.input, error=error)))
        except BaseException as crash:
            ended.put((job, crash))
        else:
            ended.put((job, _outcome(job, answer)))


async def run_async(
    send: "Callable[[Job, Optional[float]], Coroutine[Any, Any, Answer]]",
    inputs: Union[Iterator[Indexed], AsyncIterator[Indexed]],
    jobs: BatchQueue,
    make_room: "Callable[[int], ContextManager[int]]",
    progress: Optional[BatchCallback],
) -> AsyncGenerator[PredictionResult, None]:
    """Yield the results of a batch; the next input of an async iterator is awaited meanwhile.

    Its tasks have the context in which the first result is asked for.
    """
    batch = jobs.batch
    context = contextvars.copy_context()
    loop = asyncio.get_running_loop()
    ended: asyncio.Queue[Union[Ended, Optional[Indexed], BaseException, Tick]] = asyncio.Queue()
    tasks: Set[asyncio.Task[None]] = set()
    pulling: Set[asyncio.Task[None]] = set()
    #: What an async iterator has given while the batch has to pause.
    pulled: List[Indexed] = []
    is_over = is_pulling = is_cancelled = False

    def begin(work: "Coroutine[Any, Any, None]", among: "Set[asyncio.Task[None]]" = tasks) -> None:
        task = context.run(loop.create_task, work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def one(job: Job) -> None:
        if jobs.over is not None:
            ended.put_nowait((job, jobs.over))
            return
        try:
            answer = await send(job, jobs.left_s(job))
        except OutpostError as error:
            ended.put_nowait((job, PredictionResult(job.index, job.input, error=error)))
        except Exception as crash:
            ended.put_nowait((job, crash))
        else:
            ended.put_nowait((job, _outcome(job, answer)))

    async def pull(source: AsyncIterator[Indexed]) -> None:
        try:
            ended.put_nowait(await source.__anext__())
        except StopAsyncIteration:
            ended.put_nowait(None)
        except Exception as problem:
            ended.put_nowait(problem)

    with make_room(batch.concurrency) as at_once:
        batch.limit(at_once)
        try:
            while True:
                pause_s = 0.0
                while jobs.has_more or pulled or (not is_over and batch.has_room()):
                    now = time.monotonic()
                    pause_s = jobs.pause_s(now)
                    if pause_s > 0:
                        break
                    if jobs.has_more:
                        begin(one(jobs.begin_again(now)))
                    elif pulled:
                        begin(one(jobs.begin(pulled.pop(), now)))
                    elif is_pulling:
                        break
                    elif isinstance(inputs, AsyncIterator):
                        is_pulling = True
                        begin(pull(inputs), pulling)
                        break
                    else:
                        try:
                            indexed = next(inputs)
                        except StopIteration:
                            is_over = True
                            break
                        begin(one(jobs.begin(indexed, time.monotonic())))
                if not (batch.in_flight or is_pulling or pause_s):
                    return
                timer = loop.call_later(pause_s, ended.put_nowait, TICK) if pause_s else None
                got = await ended.get()
                if timer is not None:
                    timer.cancel()
                if isinstance(got, BaseException):
                    raise got
                if isinstance(got, Tick):
                    continue
                if got is None:
                    is_pulling, is_over = False, True
                elif isinstance(got[0], Job):
                    for result in _taken(jobs, got[0], got[1], progress):
                        yield result
                else:
                    is_pulling = False
                    pulled.append((got[0], got[1]))
        except asyncio.CancelledError:
            is_cancelled = True
            raise
        finally:
            for task in pulling:
                task.cancel()
            if tasks and not is_cancelled:
                # As in code that blocks: what ends soon gives its connection back as it should.
                await asyncio.wait(tasks, timeout=LINGER_S)
            left = [*tasks, *pulling]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
            finish(progress)


def _outcome(job: Job, answer: "Answer") -> "Union[PredictionResult, Refused]":
    if isinstance(answer, Refused):
        return answer
    return PredictionResult(job.index, job.input, answer)


def _taken(
    jobs: BatchQueue,
    job: Job,
    outcome: Union[PredictionResult, Refused, BaseException],
    progress: Optional[BatchCallback],
) -> Iterator[PredictionResult]:
    """Yield what is handed out after a job has ended; raise what ends the batch."""
    if isinstance(outcome, BaseException):
        raise outcome
    if isinstance(outcome, Refused):
        final = jobs.take_back(job, outcome, time.monotonic())
        if final is None:
            return
        outcome = final
    else:
        jobs.answered()
    batch = jobs.batch
    due = batch.finish(job, outcome)
    if progress is not None:
        progress(batch.progress())
    for result in due:
        if batch.raises(result) and result.error is not None:
            raise result.error
        yield result


def indexed(inputs: Iterable[Any]) -> Iterator[Indexed]:
    """Return the inputs with their places.

    Raises:
        ConfigurationError: it cannot be iterated over here, or is one input itself.
    """
    check_inputs(inputs)
    if not isinstance(inputs, Iterable):
        raise ConfigurationError(
            f"inputs must be an iterable of inputs, not {type(inputs).__name__}; async iterables "
            "are for AsyncPredictor"
        )
    try:
        return enumerate(inputs)
    except TypeError as problem:  # of what looks like an iterable, such as an array of no dimension
        raise ConfigurationError(f"inputs must be an iterable of inputs: {problem}") from None


def indexed_async(
    inputs: Union[Iterable[Any], AsyncIterable[Any]],
) -> Union[Iterator[Indexed], AsyncIterator[Indexed]]:
    """Return the inputs with their places; as :func:`indexed`, for both kinds of iterables."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("predictions in numbers need asyncio to run their tasks") from None
    return _enumerate(inputs) if isinstance(inputs, AsyncIterable) else indexed(inputs)


async def _enumerate(inputs: AsyncIterable[Any]) -> AsyncIterator[Indexed]:
    index = 0
    async for each in inputs:
        yield index, each
        index += 1
