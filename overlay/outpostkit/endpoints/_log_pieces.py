"""Reading a period of a log whole, though an answer holds only so many lines, the newest.

An answer that is full says: after its oldest line there are no others. So the rest is asked for,
which ends there, and so on to the beginning. Then all pieces are known, and come oldest first. The
lines of some are kept meanwhile; those of others, so that memory is bounded, are asked for again.
Nothing is asked for more than twice, however the lines are spread over the period.
"""

import dataclasses
from typing import TYPE_CHECKING, List, Optional, Tuple

if TYPE_CHECKING:
    from outpostkit.endpoints._records import EndpointLog

#: What the API looks at when it is given no start.
DEFAULT_PERIOD_NS = 15 * 60 * 1_000_000_000
#: Pieces whose lines are kept while older ones are asked for.
KEPT_PIECES = 3


@dataclasses.dataclass
class _Piece:
    """The lines of ``start_ns <= timestamp < end_ns``; None when they are to be asked for again."""

    start_ns: int
    end_ns: Optional[int]
    lines: "Optional[List[EndpointLog]]"


class Pieces:
    """A period, as questions about it whose answers are whole."""

    def __init__(
        self, start_ns: Optional[int], end_ns: Optional[int], limit: int, max_limit: int
    ) -> None:
        """Begin with the newest lines.

        Args:
            start_ns: the first moment; None is what the API chooses.
            end_ns: the moment after the last; None is now.
            limit: how many lines are asked for at first.
            max_limit: how many where there are more.
        """
        self._start_ns = start_ns
        self._end_ns = end_ns
        self._limit = limit
        self._max_limit = max_limit
        #: What comes after what is asked for now; the oldest is the last.
        self._later: List[_Piece] = []
        self.is_over = False

    def question(self) -> Tuple[Optional[int], Optional[int], int]:
        """Return start, end and limit of what to ask for."""
        return self._start_ns, self._end_ns, self._limit

    def take(self, lines: "List[EndpointLog]") -> "List[List[EndpointLog]]":
        """Take the answer; return the pieces that are complete by now, oldest first."""
        if len(lines) >= self._limit and not self._split(lines):
            return []
        ready = [lines]
        while self._later and self._later[-1].lines is not None:
            ready.append(self._later.pop().lines or [])
        if self._later:
            piece = self._later.pop()
            self._start_ns, self._end_ns = piece.start_ns, piece.end_ns
        else:
            self.is_over = True
        return ready

    def _split(self, lines: "List[EndpointLog]") -> bool:
        """Keep what is complete of a full answer; return whether all of the question is."""
        times = [timestamp_ns(line) for line in lines]
        oldest, newest = min(times), max(times)
        if self._start_ns is None:
            # The API looked back from its own clock, which is not before its newest line.
            self._start_ns = max(0, newest - DEFAULT_PERIOD_NS)
        is_grown = self._limit >= self._max_limit
        self._limit = self._max_limit
        if oldest < newest:
            # Of the oldest moment there may be more.
            begin = oldest + 1
            lines = [line for line, at in zip(lines, times) if at >= begin]
        elif is_grown:
            begin = oldest  # of one moment no more can be had
        else:
            return False
        if begin <= self._start_ns or (self._end_ns is not None and begin >= self._end_ns):
            return True
        self._later.append(_Piece(begin, self._end_ns, lines))
        if len(self._later) > KEPT_PIECES:
            self._later[-1 - KEPT_PIECES].lines = None
        self._end_ns = begin
        return False


def timestamp_ns(line: "EndpointLog") -> int:
    """Return when a line was written, in nanoseconds since the epoch; 0 when it does not say."""
    try:
        return int(line.timestamp)
    except (TypeError, ValueError):
        return 0
