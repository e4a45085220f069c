"""Generators of steps are driven alike in both colours."""

from typing import Any, Callable, Generator, List

import anyio
import anyio.lowlevel
import pytest

from outpostkit._calls.driving import drive, drive_async

Steps = Generator[str, int, int]


def blocking(steps: Steps, perform: Callable[[str], int]) -> int:
    """Drive with a plain function."""
    return drive(steps, perform)


def awaited(steps: Steps, perform: Callable[[str], int]) -> int:
    """Drive with a coroutine."""

    async def main() -> int:
        async def perform_async(step: str) -> int:
            await anyio.lowlevel.checkpoint()
            return perform(step)

        return await drive_async(steps, perform_async)

    return anyio.run(main)


both = pytest.mark.parametrize("drive_it", [blocking, awaited])


def failing(step: str) -> int:
    """Perform nothing."""
    raise OSError(step)


@both
def test_every_step_is_answered_and_the_value_returned(drive_it: Any) -> None:
    """In the order of the steps."""
    seen: List[str] = []

    def steps() -> Steps:
        return (yield "one") + (yield "two")

    def perform(step: str) -> int:
        seen.append(step)
        return len(seen)

    assert drive_it(steps(), perform) == 3
    assert seen == ["one", "two"]


@both
def test_a_failure_may_be_seen_through(drive_it: Any) -> None:
    """It arrives where the step was yielded."""

    def steps() -> Steps:
        try:
            return (yield "step")
        except OSError:
            return -1

    assert drive_it(steps(), failing) == -1


@both
def test_a_failure_that_is_not_ends_the_steps_in_order(drive_it: Any) -> None:
    """What cleans up has its turn; then the caller gets it."""
    cleaned: List[bool] = []

    def steps() -> Steps:
        try:
            return (yield "step")
        finally:
            cleaned.append(True)

    with pytest.raises(OSError, match="step"):
        drive_it(steps(), failing)
    assert cleaned == [True]
