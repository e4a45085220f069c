"""Reading a log from one moment on, without losing or repeating a line, and following it.

The API returns the *newest* lines of a period, at most ``limit``, so a full answer hides older
ones. And a line may become readable a little after lines with later timestamps: every replica
writes its own log. Hence two rules:

* A period whose answer is full is asked for again in smaller pieces, oldest first.
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
from outpostkit.exceptions import ConfigurationError, NotFoundError, OutpostError

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit._resources.values import Moment
    from outpostkit.endpoints._records import EndpointLog

SECOND_NS = 1_000_000_000
#: What the API looks at when it is given no start.
DEFAULT_PERIOD_NS = 15 * 60 * SECOND_NS

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
    period = _Period(start_ns, end_ns)
    while True:
        left = None if timeout is None else timeout - elapsed_s
        fetched = yield period.question(left)
        assert isinstance(fetched, Fetched), "a Fetch is answered with what was Fetched"
        elapsed_s = fetched.elapsed_s
        lines: List[EndpointLog] = []
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
            if period.is_incomplete(fetched.lines):
                period.shrink(fetched.lines)
                continue
            lines = cursor.new(fetched.lines)
            cursor.settle()
            if lines:
                delay = pace.first_delay
                answer = yield Emit(lines)
                elapsed_s = answer if isinstance(answer, float) else elapsed_s
            if period.advance():
                continue
            if not is_endless:
                return
            period = _Period(start_ns if cursor.floor_ns is None else cursor.floor_ns, None)
        rest = delay if timeout is None else min(delay, timeout - elapsed_s)
        if rest <= 0:
            return
        answer = yield Rest(rest)
        elapsed_s = answer if isinstance(answer, float) else elapsed_s + rest
        if timeout is not None and elapsed_s >= timeout:
            return
        if not lines:
            delay = min(delay * pace.multiplier, pace.max_delay)


class _Period:
    """A period of a log that is read in pieces small enough to be returned whole."""

    def __init__(self, start_ns: Optional[int], end_ns: Optional[int]) -> None:
        self._start_ns = start_ns
        self._end_ns = end_ns
        #: End of the piece that is asked for now; None is the end of the whole period.
        self._piece_end_ns: Optional[int] = None
        #: The newest line that was seen while the pieces were made smaller.
        self._known_ns = 0
        self._was_shrunk = False
        self._limit = PAGE_LINES

    def question(self, time_left_s: Optional[float]) -> Fetch:
        """Return what to ask."""
        end_ns = self._end_ns if self._piece_end_ns is None else self._piece_end_ns
        return Fetch(self._start_ns, end_ns, self._limit, time_left_s)

    def is_incomplete(self, lines: "List[EndpointLog]") -> bool:
        """Tell whether older lines of the piece may be missing, and a smaller piece helps."""
        if len(lines) < self._limit:
            return False
        is_one_moment = self._start_ns is not None and self._piece_end_ns == self._start_ns + 1
        return not is_one_moment or self._limit < MAX_PAGE_LINES

    def shrink(self, lines: "List[EndpointLog]") -> None:
        """Ask for more lines of the piece next, or for an older part of it."""
        if self._limit < MAX_PAGE_LINES:
            self._limit = MAX_PAGE_LINES
            return
        times = [timestamp_ns(line) for line in lines]
        self._known_ns = max(self._known_ns, *times)
        if self._start_ns is None:
            # The API looked back from its own clock, which is not before its newest line.
            self._start_ns = max(0, max(times) - DEFAULT_PERIOD_NS)
        # All lines after the oldest one are known to be there, so the rest is before it.
        before = min(times) - self._start_ns
        # Often one more answer holds that; if not, going back answer by answer would take long.
        size = before // 2 if self._was_shrunk else before
        self._piece_end_ns = self._start_ns + max(size, 1)
        self._was_shrunk = True

    def advance(self) -> bool:
        """Go to the next piece; return False when this was the last one."""
        if self._piece_end_ns is None:
            return False
        assert self._start_ns is not None, "only a period with a start is read in pieces"
        size = self._piece_end_ns - self._start_ns
        self._start_ns = self._piece_end_ns
        self._piece_end_ns = self._start_ns + 2 * size
        self._was_shrunk = False
        if self._piece_end_ns > (self._known_ns if self._end_ns is None else self._end_ns):
            self._piece_end_ns = None
        return True


def timestamp_ns(line: "EndpointLog") -> int:
    """Return when a line was written, in nanoseconds since the epoch; 0 when it does not say."""
    try:
        return int(line.timestamp)
    except (TypeError, ValueError):
        return 0


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
    if timeout is not None and not timeout > 0:
        raise ConfigurationError("timeout must be more than 0 seconds")
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
