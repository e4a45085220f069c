"""The event loop of a replica goes on, whatever what runs on it raises."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


def run_for_good(
    runner: asyncio.Runner, main: Coroutine[Any, Any, None], tell: Callable[[BaseException], None]
) -> None:
    """Run ``main`` to its end, also where something else ends or stops the loop meanwhile.

    SystemExit and KeyboardInterrupt of a task or a callback leave the loop. They are what one
    request has made, and others are being answered: ``tell`` gets them, and the loop goes on where
    it was.
    """
    loop = runner.get_loop()
    task = loop.create_task(main)
    while True:
        try:
            return loop.run_until_complete(task)
        except BaseException as error:
            if task.done():
                raise
            tell(error)
