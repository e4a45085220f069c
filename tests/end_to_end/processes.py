"""Finding what a command has left behind."""

import os
import sys
import time
import uuid
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="reads the environment of processes in /proc"
)


# Only what will never end takes this long.
PATIENCE_S = 60


class MarkedEnvironment:
    """An environment by which processes started from it, and their children, can be told."""

    def __init__(self) -> None:
        self.mark = f"OUTPOST_TEST_MARK={uuid.uuid4().hex}"
        name, value = self.mark.split("=")
        self.environment = {**os.environ, name: value}
        # Output is compared with what a newcomer's terminal shows.
        self.environment.pop("FORCE_COLOR", None)
        self.environment["COLUMNS"] = "80"
        self.environment["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"

    def living(self) -> list[str]:
        """Return the command lines of the processes that still live."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue  # it ended meanwhile, or is not ours to read
        return [command for command in found if command]

    def left_over(self) -> list[str]:
        """Return what does not end, however much time it is given."""
        deadline = time.monotonic() + PATIENCE_S
        while (living := self.living()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return living
