"""Which graphics processors this machine has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

LIST_TIMEOUT_S = 20.0
#: What CUDA reads: which of the machine's processors a process may use.
VISIBLE = "CUDA_VISIBLE_DEVICES"


def find_gpus(count: int | None = None, *, devices: Path = Path("/dev")) -> tuple[str, ...]:
    """Return what to write into ``CUDA_VISIBLE_DEVICES`` for each GPU.

    They are ``count`` ones where that is given, else those that this process may use, else those
    that ``nvidia-smi`` lists or, without it, that have a device file.
    """
    if count is not None:
        return tuple(str(index) for index in range(count))
    visible = os.environ.get(VISIBLE)
    if visible is not None:
        named = [one.strip() for one in visible.split(",") if one.strip()]
        # As CUDA has it: what comes after the first one that is none is not visible either.
        first_none = named.index("-1") if "-1" in named else len(named)
        return tuple(named[:first_none])
    listed = _listed_gpus()
    if listed is None:
        listed = sum(bool(re.fullmatch(r"nvidia\d+", path.name)) for path in devices.iterdir())
    return tuple(str(index) for index in range(listed))


def _listed_gpus() -> int | None:
    """Return how many ``nvidia-smi`` lists, None when it cannot tell."""
    command = shutil.which("nvidia-smi")
    if command is None:
        return None
    try:
        found = subprocess.run(
            [command, "-L"], capture_output=True, text=True, timeout=LIST_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if found.returncode != 0:
        return None
    return sum(line.startswith("GPU ") for line in found.stdout.splitlines())
