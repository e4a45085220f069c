"""Running requests that wait at the same time as one batch."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

from outpost_runtime.errors import Overloaded

Item = TypeVar("Item")
Answer = TypeVar("Answer")

#: The share of a batch that may be padding. Measured with lengths mixed 1 to 8 times: 2.5 times
#: the requests of no batching, where batches of whatever waits reach 1.7 times.
MOST_PADDING = 0.25

_log = logging.getLogger("outpost.predict")


@dataclass(eq=False)
class _Waiting(Generic[Item, Answer]):
    item: Item
    parameters: Any
    length: int
    future: asyncio.Future[Answer] = field(repr=False)


class Batcher(Generic[Item, Answer]):
    """Answers single items with a function that takes several, in threads of its own.

    It is greedy: a batch is what has waited while the last one ran, so that nobody waits for a
    timer. It begins with the item that has waited longest; those join that have equal parameters
    and a length near its own. A batch that fails is tried item by item, so that bad input fails
    alone. Items whose callers have gone are dropped.

    Args:
        function: takes a list of items, and the parameters if there are any; returns or yields an
            answer each, in their order.
        max_batch_size: items of a batch, at most.
        max_queue: items that wait, at most; beyond, :class:`Overloaded` is raised.
        concurrency: batches that run at once.
        length: what is padded, such as the length of a text; None if items are of one size.
    """

    def __init__(
        self,
        function: Callable[..., Sequence[Answer]],
        *,
        max_batch_size: int = 32,
        max_queue: int = 1000,
        concurrency: int = 1,
        length: Callable[[Item], int] | None = None,
    ) -> None:
        self._function = function
        self._max_batch_size = max_batch_size
        self._max_queue = max_queue
        self._concurrency = concurrency
        self._length = length or (lambda item: 0)
        self._waiting: deque[_Waiting[Item, Answer]] = deque()
        self._running = 0
        self._threads = ThreadPoolExecutor(concurrency, thread_name_prefix="inference")

    async def run(self, item: Item, parameters: Any = None) -> Answer:
        """Return the answer for one item.

        Raises:
            Overloaded: ``max_queue`` items wait already.
        """
        return (await self.many([item], parameters))[0]

    async def many(self, items: Item | Sequence[Item], parameters: Any = None) -> list[Answer]:
        """Return the answers for one item or a list of them, in order, always as a list.

        Raises:
            Overloaded: they do not fit into what may wait.
        """
        listed: Sequence[Item] = items if isinstance(items, list) else [items]  # type: ignore[list-item]  # one item is no list
        if len(self._waiting) + len(listed) > self._max_queue and self._is_full(len(listed)):
            raise Overloaded(f"{len(self._waiting)} inputs wait at this replica already.")
        loop = asyncio.get_running_loop()
        entries = [
            _Waiting(item, parameters, self._length(item), loop.create_future()) for item in listed
        ]
        self._waiting.extend(entries)
        # Not at once: what else this turn of the loop brings is of the same batch.
        loop.call_soon(self._start)
        try:
            return [await entry.future for entry in entries]
        finally:
            for entry in entries:
                if not entry.future.cancel() and not entry.future.cancelled():
                    entry.future.exception()  # seen, as asyncio wants it to be

    def _is_full(self, more: int) -> bool:
        """Count those only that somebody waits for. A list beyond the bound runs when alone."""
        self._waiting = deque(entry for entry in self._waiting if not entry.future.done())
        return bool(self._waiting) and len(self._waiting) + more > self._max_queue

    def _start(self) -> None:
        while self._running < self._concurrency and (batch := self._take()):
            self._running += 1
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self._threads, self._answer, batch)
            done.add_done_callback(partial(self._finish, batch))

    def _take(self) -> list[_Waiting[Item, Answer]]:
        """Return the next batch, and take it out of those that wait."""
        while self._waiting and self._waiting[0].future.done():
            self._waiting.popleft()
        if not self._waiting:
            return []
        first = self._waiting[0]
        alike = [
            entry
            for entry in self._waiting
            if not entry.future.done()
            and (entry.parameters is first.parameters or entry.parameters == first.parameters)
        ]
        # Sorting is stable: of those that are equally near, the ones that have waited longest.
        alike.sort(key=lambda entry: abs(entry.length - first.length))
        batch = [first]
        longest = total = first.length
        for entry in alike:
            if len(batch) == self._max_batch_size:
                break
            padded = max(longest, entry.length) * (len(batch) + 1)
            if entry is first or padded - total - entry.length > MOST_PADDING * padded:
                continue
            batch.append(entry)
            longest, total = max(longest, entry.length), total + entry.length
        taken = set(map(id, batch))
        self._waiting = deque(entry for entry in self._waiting if id(entry) not in taken)
        return batch

    def _answer(self, batch: list[_Waiting[Item, Answer]]) -> list[Answer | Exception]:
        """Run in a thread of inference; return for each item its answer or its error."""
        try:
            return list(self._call(batch))
        except Exception as raised:
            # A future takes any exception but this one.
            error = RuntimeError(repr(raised)) if isinstance(raised, StopIteration) else raised
            if len(batch) == 1:
                return [error]
            _log.warning(
                "a batch of %d failed with %s: %s; trying its inputs one by one",
                len(batch),
                type(error).__name__,
                error,
            )
        return [answer for entry in batch for answer in self._answer([entry])]

    def _call(self, batch: list[_Waiting[Item, Answer]]) -> Sequence[Answer]:
        items = [entry.item for entry in batch]
        parameters = batch[0].parameters
        if parameters is None:
            answers = list(self._function(items))
        else:
            answers = list(self._function(items, parameters))
        if len(answers) != len(batch):
            raise RuntimeError(f"{len(answers)} answers were given for {len(batch)} inputs")
        return answers

    def _finish(
        self,
        batch: list[_Waiting[Item, Answer]],
        done: asyncio.Future[list[Answer | Exception]],
    ) -> None:
        self._running -= 1
        error = done.exception()
        answers = [error] * len(batch) if error else done.result()
        for entry, answer in zip(batch, answers, strict=True):
            if entry.future.done():
                continue
            if isinstance(answer, BaseException):
                entry.future.set_exception(answer)
            else:
                entry.future.set_result(answer)
        self._start()
