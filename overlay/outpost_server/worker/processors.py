"""Telling libraries that were loaded before a fork what they would have found out after it."""

from __future__ import annotations

import os
import sys
from typing import Any


def adapt_loaded_libraries() -> None:
    """Have what was imported already use the processors of this process, and random numbers.

    A library that counts processors does so when it is loaded; one that is loaded later sees those
    that this process may use. Replicas that begin with the same state of a generator would draw
    the same numbers.
    """
    count = len(os.sched_getaffinity(0))
    torch = _loaded("torch")
    if torch is not None:
        torch.set_num_threads(count)
    threadpoolctl = _loaded("threadpoolctl")
    if threadpoolctl is not None:
        threadpoolctl.threadpool_limits(count)
    numpy = _loaded("numpy")
    if numpy is not None:
        numpy.random.seed()


def _loaded(name: str) -> Any:
    return sys.modules.get(name)
