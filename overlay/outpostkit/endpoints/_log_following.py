"""Reading a log from one moment on, without losing or repeating a line, and following it.

The API returns the *newest* lines of a period, at most ``limit``, so a full answer hides older
ones. And a line may become readable a little after lines with later timestamps: every replica
writes its own log. Hence two rules:

* A period whose answer is full is read in pieces, :mod:`outpostkit.endpoints._log_pieces`.
* The last seconds before the newest line are asked for again each time; lines that were seen there
  are told by what they hold, and counted, as two lines may be equal.

Everything here decides and performs nothing, as in :mod:`outpostkit.retry`.
"""

import dataclasses
import time
from collections import Counter
from typing import TYPE_CHECKING, Dict, Generator, List, Optional, Tuple, Union

from outpostkit._resources.failures import is_passing
from outpostkit._resources.values import moment_ns
from outpostkit.endpoints._log_pieces import Pieces, timestamp_ns
from outpostkit.exceptions import ConfigurationError, NotFoundError, OutpostError
from outpostkit.retry import limit_s

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources.values import Moment
    from outpostkit.endpoints._records import EndpointLog

SECOND_NS = 1_000_000_000

#: Lines asked for at a time, and the most that the API returns at once.
PAGE_LINES = 1000
MAX_PAGE_LINES = 10_000


@dataclasses.dataclass(frozen=True)
class FollowPace:
    """How patiently a log is followed; in seconds unless it says otherwise."""

    first_delay: float = 0.25
    multiplier: float = 1.5
    #: Between two questions when nothing happens.
    max_delay: float = 2.0
    #: How much later than later lines a line may become readable.
    overlap: float = 5.0
    #: How long the server may be unreachable, one question after the other.
    patience: float = 300.0
    #: How many lines of the overlap are remembered at most.
    memory_lines: int = 20_000


@dataclasses.dataclass(frozen=True)
class Fetch:
    """Ask for the lines of ``start_ns <= timestamp < end_ns``; None means that it is not sent."""

    start_ns: Optional[int]
    end_ns: Optional[int]
    limit: int
    #: Seconds that the question may take, or None for as long as the client allows.
    time_left_s: Optional[float]


@dataclasses.dataclass(frozen=True)
class Fetched:
    """What a question gave: lines, or a problem that may pass or end the following."""

    elapsed_s: float
    lines: "List[EndpointLog]" = dataclasses.field(default_factory=list)
    problem: Optional[OutpostError] = None


@dataclasses.dataclass(frozen=True)
class Emit:
    """Hand these lines to the caller."""

    lines: "List[EndpointLog]"


@dataclasses.dataclass(frozen=True)
class Rest:
    """Wait for ``seconds``."""

    seconds: float


LogStep = Union[Fetch, Emit, Rest]
LogReply = Union[Fetched, float, None]
#: What tells lines apart: their timestamp and a digest of what they hold.
Key = Tuple[int, int]


class LogCursor:
    """Which lines were handed out, as far back as lines may still appear."""

    def __init__(self, begin_ns: Optional[int], overlap_ns: int, memory_lines: int) -> None:
        #: Nothing before this moment is asked for.
        self._begin_ns = begin_ns
        self._was_asked = begin_ns is not None
        self._overlap_ns = overlap_ns
        self._memory_lines = memory_lines
        self._seen: Dict[Key, int] = {}
        self._newest_ns: Optional[int] = None
        #: Everything before this moment is settled.
        self.floor_ns: Optional[int] = None

    @property
    def remembered(self) -> int:
        """How many different lines are remembered."""
        return len(self._seen)

    def new(self, lines: "List[EndpointLog]") -> "List[EndpointLog]":
        """Return the lines of one whole period that were not handed out yet, oldest first."""
        counted: Counter[Key] = Counter()
        fresh: List[EndpointLog] = []
        if not self._was_asked:
            # The API chose where to begin; a later look must not go back behind that.
            self._was_asked = True
            self._begin_ns = min(map(timestamp_ns, lines), default=None)
        for line in sorted(lines, key=timestamp_ns):
            key = _key(line)
            if self.floor_ns is not None and key[0] < self.floor_ns:
                continue
            counted[key] += 1
            if counted[key] > self._seen.get(key, 0):
                self._seen[key] = counted[key]
                fresh.append(line)
        if fresh:
            newest = timestamp_ns(fresh[-1])
            self._newest_ns = max(newest, self._newest_ns or newest)
        return fresh

    def settle(self) -> None:
        """Forget what is too old to appear again, and no more than that unless memory is short."""
        if self._newest_ns is None:
            return
        floor = self._newest_ns - self._overlap_ns
        if len(self._seen) > self._memory_lines:
            # All lines of one moment are kept or forgotten together, or some would come again.
            floor = max(floor, sorted(key[0] for key in self._seen)[-self._memory_lines])
        self.floor_ns = max(floor, self.floor_ns or floor, self._begin_ns or floor)
        self._seen = {key: n for key, n in self._seen.items() if key[0] >= self.floor_ns}


def follow(
    *,
    start_ns: Optional[int],
    end_ns: Optional[int] = None,
    is_endless: bool,
    timeout: Optional[float] = None,
    pace: Optional[FollowPace] = None,
) -> Generator[LogStep, LogReply, None]:
    """Decide the next step until the log, or the time, is over.

    Send :class:`Fetched` back for a :class:`Fetch`, the seconds since the beginning for a
    :class:`Rest` and an :class:`Emit`.

    Raises:
        OutpostError: what a question ended in, when waiting does not help or has not helped.
    """
    pace = pace or FollowPace()
    cursor = LogCursor(start_ns, int(pace.overlap * SECOND_NS), pace.memory_lines)
    delay = pace.first_delay
    elapsed_s = 0.0
    failing_since: Optional[float] = None
    was_answered = False
    period = Pieces(start_ns, end_ns, PAGE_LINES, MAX_PAGE_LINES)
    while True:
        left = None if timeout is None else timeout - elapsed_s
        fetched = yield Fetch(*period.question(), left)
        assert isinstance(fetched, Fetched), "a Fetch is answered with what was Fetched"
        elapsed_s = fetched.elapsed_s
        is_new = False
        if fetched.problem is not None:
            if timeout is not None and elapsed_s >= timeout:
                return
            if isinstance(fetched.problem, NotFoundError) and was_answered:
                return  # the endpoint was deleted, and its log with it
            failing_since = elapsed_s if failing_since is None else failing_since
            if not is_passing(fetched.problem) or elapsed_s - failing_since >= pace.patience:
                raise fetched.problem
        else:
            was_answered, failing_since = True, None
            for piece in period.take(fetched.lines):
                lines = cursor.new(piece)
                cursor.settle()
                if lines:
                    is_new, delay = True, pace.first_delay
                    answer = yield Emit(lines)
                    elapsed_s = answer if isinstance(answer, float) else elapsed_s
            if not period.is_over:
                continue
            if not is_endless:
                return
            begin_ns = start_ns if cursor.floor_ns is None else cursor.floor_ns
            period = Pieces(begin_ns, None, PAGE_LINES, MAX_PAGE_LINES)
        rest = delay if timeout is None else min(delay, timeout - elapsed_s)
        if rest <= 0:
            return
        answer = yield Rest(rest)
        elapsed_s = answer if isinstance(answer, float) else elapsed_s + rest
        if timeout is not None and elapsed_s >= timeout:
            return
        if not is_new:
            delay = min(delay * pace.multiplier, pace.max_delay)


def _key(line: "EndpointLog") -> Key:
    return timestamp_ns(line), hash(repr(line.data))


def following(
    start: "Optional[Moment]", end: "Optional[Moment]", is_endless: bool, timeout: Optional[float]
) -> "Generator[LogStep, LogReply, None]":
    """Return the steps of reading a log.

    Raises:
        ConfigurationError: the arguments contradict each other, or are no moments.
    """
    if is_endless and end is not None:
        raise ConfigurationError(
            "a log that is followed has no end: leave out end=, or follow=True"
        )
    timeout = limit_s("timeout", timeout)
    start_ns, end_ns = moment_ns(start, "start"), moment_ns(end, "end")
    return follow(start_ns=start_ns, end_ns=end_ns, is_endless=is_endless, timeout=timeout)


def log_lines(logs: "List[models.EndpointLog]") -> "List[EndpointLog]":
    """Return log lines with the attributes that are derived from them."""
    from outpostkit.endpoints._notebook import LogLines
    from outpostkit.endpoints._records import EndpointLog

    return LogLines(EndpointLog(log.timestamp, log.data) for log in logs)


def soon(time_left_s: Optional[float]) -> float:
    """Return when to stop waiting for one answer of many, by the monotonic clock."""
    return time.monotonic() + min(30.0, 30.0 if time_left_s is None else time_left_s)
