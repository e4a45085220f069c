"""Telling libraries that were loaded before a fork what they would have found out after it."""

from __future__ import annotations

import os
import sys
from typing import Any


def adapt_loaded_libraries() -> None:
    """Have what was imported already use this process's processors, folders and random numbers.

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
    tempfile = _loaded("tempfile")
    if tempfile is not None:
        tempfile.tempdir = None
    hub = _loaded("huggingface_hub.constants")
    if hub is not None:
        _move_hub(hub)


def _move_hub(constants: Any) -> None:
    """Have the hub's client keep its files where this process may write."""
    cache = os.environ.get("HF_HUB_CACHE") or os.path.expanduser("~/.cache/huggingface/hub")
    home = os.path.dirname(cache)
    constants.HF_HOME = home
    constants.HF_HUB_CACHE = constants.HUGGINGFACE_HUB_CACHE = cache
    constants.HF_ASSETS_CACHE = constants.HUGGINGFACE_ASSETS_CACHE = f"{home}/assets"
    constants.HF_XET_CACHE = f"{home}/xet"
    constants.HF_TOKEN_PATH = f"{home}/token"
    constants.HF_STORED_TOKENS_PATH = f"{home}/stored_tokens"


def _loaded(name: str) -> Any:
    return sys.modules.get(name)
