"""Running a batch of predictions: with threads for code that blocks, with tasks for ``async`` code.

What to begin and to hand out is decided by :class:`outpostkit.predictor._batch.Batch`.
"""

import asyncio
import contextlib
import queue
import threading
import time
from typing import (
    TYPE_CHECKING,
    Any,
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
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
from outpostkit.predictor._batch import Batch, Job, PredictionResult
from outpostkit.predictor._inputs.batches import check_inputs
from outpostkit.progress._events import BatchCallback, finish

if TYPE_CHECKING:
    import httpx

#: Seconds that a batch which ends early waits for the predictions under way; they are left alone
#: then, and end by themselves.
LINGER_S = 1.0

Indexed = Tuple[int, Any]
#: A job and its result, or what a bug or an interruption raised instead.
Ended = Tuple[Job, Union[PredictionResult, BaseException]]


def run(
    infer: "Callable[..., httpx.Response]",
    inputs: Iterator[Indexed],
    batch: Batch,
    progress: Optional[BatchCallback],
) -> Generator[PredictionResult, None, None]:
    """Yield the results of a batch; inputs are taken in the caller's thread, as there is room."""
    work: queue.SimpleQueue[Optional[Job]] = queue.SimpleQueue()
    ended: queue.SimpleQueue[Ended] = queue.SimpleQueue()
    workers: List[threading.Thread] = []
    is_over = False
    try:
        while True:
            while not is_over and batch.has_room():
                try:
                    indexed = next(inputs)
                except StopIteration:
                    is_over = True
                    break
                work.put(batch.start(indexed))
                if len(workers) < batch.in_flight:
                    # Daemons, so that a program which gives up does not wait for its predictions.
                    workers.append(
                        threading.Thread(
                            target=_work,
                            args=(infer, work, ended),
                            name="outpost-infer",
                            daemon=True,
                        )
                    )
                    workers[-1].start()
            if not batch.in_flight:
                return
            job, outcome = ended.get()
            yield from _taken(batch, job, outcome, progress)
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
            worker.join(max(0.0, patience - time.monotonic()))


def _work(
    infer: "Callable[..., httpx.Response]",
    work: "queue.SimpleQueue[Optional[Job]]",
    ended: "queue.SimpleQueue[Ended]",
) -> None:
    while True:
        job = work.get()
        if job is None:
            return
        try:
            response = infer(**job.arguments())
        except OutpostError as error:
            ended.put((job, PredictionResult(job.index, job.input, error=error)))
        except BaseException as crash:
            ended.put((job, crash))
        else:
            ended.put((job, PredictionResult(job.index, job.input, response)))


async def run_async(
    infer: "Callable[..., Awaitable[httpx.Response]]",
    inputs: Union[Iterator[Indexed], AsyncIterator[Indexed]],
    batch: Batch,
    progress: Optional[BatchCallback],
) -> AsyncGenerator[PredictionResult, None]:
    """Yield the results of a batch; the next input of an async iterator is awaited meanwhile."""
    ended: asyncio.Queue[Union[Ended, Optional[Indexed], BaseException]] = asyncio.Queue()
    tasks: Set[asyncio.Task[None]] = set()
    pulling: Set[asyncio.Task[None]] = set()
    is_over = is_pulling = is_cancelled = False

    def begin(work: "Awaitable[None]", among: "Set[asyncio.Task[None]]" = tasks) -> None:
        task = asyncio.ensure_future(work)
        among.add(task)
        task.add_done_callback(among.discard)

    async def one(job: Job) -> None:
        try:
            response = await infer(**job.arguments())
        except OutpostError as error:
            ended.put_nowait((job, PredictionResult(job.index, job.input, error=error)))
        except Exception as crash:
            ended.put_nowait((job, crash))
        else:
            ended.put_nowait((job, PredictionResult(job.index, job.input, response)))

    async def pull(source: AsyncIterator[Indexed]) -> None:
        try:
            ended.put_nowait(await source.__anext__())
        except StopAsyncIteration:
            ended.put_nowait(None)
        except Exception as problem:
            ended.put_nowait(problem)

    try:
        while True:
            while not (is_over or is_pulling) and batch.has_room():
                if isinstance(inputs, AsyncIterator):
                    is_pulling = True
                    begin(pull(inputs), pulling)
                    break
                try:
                    indexed = next(inputs)
                except StopIteration:
                    is_over = True
                    break
                begin(one(batch.start(indexed)))
            if not (batch.in_flight or is_pulling):
                return
            got = await ended.get()
            if isinstance(got, BaseException):
                raise got
            if got is None:
                is_pulling, is_over = False, True
            elif isinstance(got[0], Job):
                for result in _taken(batch, got[0], got[1], progress):
                    yield result
            else:
                is_pulling = False
                begin(one(batch.start((got[0], got[1]))))
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


def _taken(
    batch: Batch,
    job: Job,
    outcome: Union[PredictionResult, BaseException],
    progress: Optional[BatchCallback],
) -> Iterator[PredictionResult]:
    """Yield what is handed out after a job has ended; raise what ends the batch."""
    if isinstance(outcome, BaseException):
        raise outcome
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
    return enumerate(inputs)


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
