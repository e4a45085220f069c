"""What a template prints to."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from typing import NoReturn


def renew_standard_streams() -> None:
    """Make ``sys.stdout`` and ``sys.stderr`` anew, for what their descriptors are by now.

    Those that a fork inherits remember what the descriptors were, such as files, and cannot be
    reconfigured or wrapped. What UTF-8 has no bytes for, lone surrogates, is written out.
    """
    for fd, name in ((1, "stdout"), (2, "stderr")):
        raw = io.FileIO(fd, "w", closefd=False)
        raw.name = f"<{name}>"
        # Nothing is kept in this process, where it would be lost if that died.
        stream = io.TextIOWrapper(
            raw, encoding="utf-8", errors="backslashreplace", write_through=True
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def end_process(code: int) -> NoReturn:
    """End this process at once: threads that the template has started may never end."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # the template may have closed or replaced it
            stream.flush()
    os._exit(code)
