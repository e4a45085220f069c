"""Requests that wait at the same time run as one batch."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from outpost_runtime import Batcher, Overloaded
from outpost_runtime.batching import MOST_PADDING


class Model:
    """Doubles texts; notes its batches. The first batch waits until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def __call__(self, texts: list[str], parameters: Any = None) -> list[str]:
        self.batches.append(list(texts))
        self.begun.set()
        assert self.go.wait(30)
        if "bad" in texts:
            raise ValueError("bad")
        return [text * 2 for text in texts]


async def begun(model: Model) -> None:
    assert await asyncio.to_thread(model.begun.wait, 30)


async def waiting(batcher: Batcher[Any, Any], count: int) -> None:
    """Let the tasks begin; so many inputs then wait behind the batch that runs."""
    await asyncio.sleep(0)
    assert len(batcher._waiting) == count


def run(scenario: Callable[[Model], Any]) -> Model:
    model = Model()
    asyncio.run(asyncio.wait_for(scenario(model), 30))
    return model


def test_what_waits_during_a_batch_is_the_next() -> None:
    """Nobody waits for a timer: the first runs alone, at once."""

    async def scenario(model: Model) -> None:
        batcher = Batcher(model, length=len)
        first = asyncio.create_task(batcher.run("a"))
        await begun(model)
        others = [asyncio.create_task(batcher.run(text)) for text in "bcd"]
        await waiting(batcher, 3)
        model.go.set()
        assert [await task for task in (first, *others)] == ["aa", "bb", "cc", "dd"]

    assert run(scenario).batches == [["a"], ["b", "c", "d"]]


def test_a_list_is_answered_in_its_order_whatever_its_lengths() -> None:
    """Longer than a batch may be, and with texts that do not share one."""

    async def scenario(model: Model) -> None:
        model.go.set()
        batcher = Batcher(model, max_batch_size=3, length=len)
        texts = ["a" * size for size in (1, 50, 2, 60, 1, 1, 1, 1, 55)]
        assert await batcher.many(texts) == [text * 2 for text in texts]
        assert await batcher.many("x") == ["xx"]

    assert max(map(len, run(scenario).batches)) <= 3


def test_only_equal_parameters_share_a_batch() -> None:
    """The one that has waited longest is of the next batch."""

    async def scenario(model: Model) -> None:
        batcher = Batcher(model)
        tasks = [asyncio.create_task(batcher.run("a", 0))]
        await begun(model)
        pairs = [("b", 1), ("c", 2), ("d", 1), ("e", 2)]
        tasks += [asyncio.create_task(batcher.run(*pair)) for pair in pairs]
        await waiting(batcher, 4)
        model.go.set()
        await asyncio.gather(*tasks)

    assert run(scenario).batches == [["a"], ["b", "d"], ["c", "e"]]


def test_bad_input_fails_alone() -> None:
    """Its batch is tried input by input, and the others are answered."""

    async def scenario(model: Model) -> None:
        batcher = Batcher(model)
        tasks = [asyncio.create_task(batcher.run("a"))]
        await begun(model)
        tasks += [asyncio.create_task(batcher.run(text)) for text in ("b", "bad", "c")]
        await waiting(batcher, 3)
        model.go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [str(answer) for answer in answers] == ["aa", "bb", "bad", "cc"]
        assert isinstance(answers[2], ValueError)

    assert run(scenario).batches == [["a"], ["b", "bad", "c"], ["b"], ["bad"], ["c"]]


def test_who_has_gone_is_not_worked_for() -> None:
    """A request that was cancelled while it waited is in no batch."""

    async def scenario(model: Model) -> None:
        batcher = Batcher(model)
        first = asyncio.create_task(batcher.run("a"))
        await begun(model)
        gone, stays = (asyncio.create_task(batcher.run(text)) for text in ("b", "c"))
        await waiting(batcher, 2)
        gone.cancel()
        model.go.set()
        assert await asyncio.gather(first, stays) == ["aa", "cc"]
        assert gone.cancelled()

    assert run(scenario).batches == [["a"], ["c"]]


def test_beyond_the_bound_requests_are_refused() -> None:
    """Those that have gone do not count, and when there is room again it goes on."""

    async def scenario(model: Model) -> None:
        batcher = Batcher(model, max_queue=2)
        tasks = [asyncio.create_task(batcher.run("a"))]
        await begun(model)
        tasks += [asyncio.create_task(batcher.run(text)) for text in "bc"]
        await waiting(batcher, 2)
        with pytest.raises(Overloaded) as refused:
            await batcher.run("d")
        assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "1"})
        tasks[1].cancel()
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(batcher.run("e")))
        await asyncio.sleep(0)
        model.go.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert [answers[0], *answers[2:]] == ["aa", "cc", "ee"]

    run(scenario)


def test_as_many_batches_run_at_once_as_may() -> None:
    """Two of them meet, which one at a time could not."""

    async def scenario(model: Model) -> None:
        meeting = threading.Barrier(2, timeout=30)

        def meet(items: list[int]) -> list[int]:
            meeting.wait()
            return items

        batcher = Batcher(meet, max_batch_size=1, concurrency=2)
        assert await batcher.many([1, 2]) == [1, 2]

    run(scenario)


def test_a_wrong_number_of_answers_is_an_error() -> None:
    """It is not given to whom it is not for."""

    async def scenario(model: Model) -> None:
        batcher: Batcher[str, str] = Batcher(lambda texts: ["only one", "too many"])
        with pytest.raises(RuntimeError, match="2 answers were given for 1 inputs"):
            await batcher.run("a")

    run(scenario)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 64), min_size=1, max_size=60),
    size=st.integers(1, 16),
)
def test_every_input_is_answered_once_in_batches_within_the_bounds(
    lengths: list[int], size: int
) -> None:
    """No batch is too big, and none is padded by more than a quarter."""

    async def scenario(model: Model) -> None:
        model.go.set()
        texts = [chr(97 + i % 26) * length for i, length in enumerate(lengths)]
        batcher = Batcher(model, max_batch_size=size, length=len)
        assert await asyncio.gather(*map(batcher.run, texts)) == [text * 2 for text in texts]

    batches = run(scenario).batches

    assert sum(map(len, batches)) == len(lengths)
    for batch in batches:
        padded = len(batch) * max(map(len, batch))
        assert len(batch) <= size
        assert padded - sum(map(len, batch)) <= MOST_PADDING * padded
