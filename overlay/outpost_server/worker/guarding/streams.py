"""Generators that answers are streamed from: they end with the answer, and end nothing else."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Awaitable, Generator, Iterator
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response

from outpost_server.worker.guarding.forks import FORKS


class Stream(Protocol):
    """What an answer is streamed from."""

    def aclose(self) -> Awaitable[None]:
        """Have its generator go through its ``finally`` now, not when it is found."""
        ...


#: What the answer to the present request is streamed from; it is closed with the answer.
STREAMS: ContextVar[list[Stream]] = ContextVar("streams")


S = TypeVar("S", bound=Stream)


class Ended(Exception):
    """A generator meant to end the process, as its cause says: a task must not raise that."""


def cause_of(error: BaseException) -> BaseException:
    """Return what the template raised, without what we and task groups put around it."""
    while isinstance(error, BaseExceptionGroup) and _is_of_task_group(error):
        error = error.exceptions[0]
    return error.__cause__ if isinstance(error, Ended) and error.__cause__ else error


def _is_of_task_group(error: BaseExceptionGroup[BaseException]) -> bool:
    return len(error.exceptions) == 1 and error.message == "unhandled errors in a TaskGroup"


def follow_response(response: Response) -> None:
    """Have the generator of a response end with the answer."""
    stream = getattr(response, "body_iterator", None)
    if not isinstance(stream, AsyncGenerator):
        return
    source = _iterated_in_threads(stream)
    if source is None:
        response.body_iterator = follow_asynchronous(stream)  # type: ignore[attr-defined]
    else:
        followed = iterate_in_threadpool(follow_synchronous(source))
        response.body_iterator = followed  # type: ignore[attr-defined]


def _iterated_in_threads(stream: AsyncGenerator[Any, None]) -> Generator[Any, None, Any] | None:
    """Return the generator that Starlette has made this stream of, None where it has not."""
    frame = getattr(stream, "ag_frame", None)
    if frame is None or frame.f_code is not iterate_in_threadpool.__code__:
        return None
    source = frame.f_locals.get("iterator")
    return source if isinstance(source, Generator) else None


def follow_asynchronous(source: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """Return what yields the same, and is closed with the answer to the present request."""
    return _noted(_passed_on(source))


def follow_synchronous(source: Generator[Any, None, Any]) -> Iterator[Any]:
    """Return what yields the same, in threads, and is closed with the present answer."""
    return _noted(_InThreads(source))


def _noted(stream: S) -> S:
    streams = STREAMS.get(None)
    if streams is not None:
        streams.append(stream)
    return stream


async def _passed_on(source: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    try:
        async for item in source:
            yield item
    except (SystemExit, KeyboardInterrupt) as error:
        raise Ended from error
    finally:
        await source.aclose()


class _InThreads(Iterator[Any]):
    """A generator whose steps run in threads, which nothing can cancel."""

    def __init__(self, source: Generator[Any, None, Any]) -> None:
        self._source = source
        self._step = threading.Lock()
        self._is_over = False
        self._is_left = False

    def __next__(self) -> Any:
        try:
            with self._step, FORKS:
                return next(self._source)
        except (SystemExit, KeyboardInterrupt) as error:
            raise Ended from error
        except StopIteration:
            self._is_over = True
            raise
        finally:
            if self._is_left:
                self._close()

    async def aclose(self) -> None:
        if self._is_over:
            return
        self._is_left = True
        if not self._step.locked():  # else the step closes it when it is done
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        with self._step:
            self._source.close()
