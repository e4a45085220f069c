"""Choosing the device and the number type for a model."""

from __future__ import annotations

import logging
import os
import sys
from typing import Any

_log = logging.getLogger("outpost.model")


def place(device: str = "auto", dtype: str = "auto") -> tuple[str, Any]:
    """Return the device and the dtype to load a model with, and log why.

    Args:
        device: ``"auto"`` takes a GPU if the replica has one; or ``"cpu"``, ``"cuda"``.
        dtype: ``"auto"`` keeps that of the file, so that weights stay mapped from it into memory
            and are shared by replicas; or ``"float32"``, ``"float16"``, ``"bfloat16"``.

    Returns:
        The device for ``.to()``, and the ``dtype`` for ``from_pretrained``: ``"auto"`` or a
        ``torch.dtype``. On a CPU torch then uses as many threads as the replica has CPUs.

    Raises:
        RuntimeError: ``"cuda"`` is asked for, and the replica has no GPU.
    """
    import torch

    has_gpu = torch.cuda.is_available()
    if device == "cuda" and not has_gpu:
        raise RuntimeError("The device 'cuda' is asked for, and this replica has no GPU.")
    chosen = "cuda" if has_gpu and device != "cpu" else "cpu"
    if device != "auto":
        reason = "as configured"
    elif has_gpu:
        reason = f"because the replica has a GPU, {torch.cuda.get_device_name()}"
    else:
        reason = "because the replica has no GPU"
    cpus = cpu_count()
    if chosen == "cpu":
        torch.set_num_threads(cpus)
        reason += f", with {cpus} thread{'s' if cpus > 1 else ''}"
    numbers = "the dtype of the file" if dtype == "auto" else f"{dtype}, as configured"
    _log.info("the model runs on %s, %s; its numbers are %s", chosen, reason, numbers)
    return chosen, "auto" if dtype == "auto" else getattr(torch, dtype)


def cpu_count() -> int:
    """Return how many CPUs this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
