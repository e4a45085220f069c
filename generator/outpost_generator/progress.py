"""What a long run is doing, for those who wait for it."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

#: (what is done, how many are done, of how many); counts are 0 where nothing is counted.
Progress = Callable[[str, int, int], None]

_EVERY_S = 0.1
#: Runs that are shorter than this need no progress.
_AFTER_S = 0.5


def silent(what: str, done: int, total: int) -> None:
    """Say nothing."""


@contextlib.contextmanager
def on_terminal() -> Iterator[Progress]:
    """Give what shows progress on one line of stderr, cleared at the end; silent elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    line = _Line()
    try:
        yield line
    finally:
        line.end()


class _Line:
    def __init__(self) -> None:
        self._started = self._shown = time.monotonic()
        self._width = 0
        self._what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        is_new = what != self._what
        self._what = what
        if now - self._started < _AFTER_S or (now - self._shown < _EVERY_S and not is_new):
            return
        self._shown = now
        text = f"{what} {done:,} of {total:,}" if total else what
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)

    def end(self) -> None:
        """Leave the line as if nothing had been on it."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0
