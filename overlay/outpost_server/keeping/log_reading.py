"""Reading the newest lines of log files, in a time that does not depend on how much lies before."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

# Lines of one file come from several processes: each takes the time first and writes then.
DISORDER_NS = 2_000_000_000
BLOCK_BYTES = 64 * 1024

# {"timestamp":"1700000000000000000","data":...: the time is read without parsing the rest.
TIME_IN_LINE = slice(14, 33)


@dataclass(frozen=True)
class FoundFile:
    """A log file and when it was last written to."""

    path: Path
    written_ns: int


def read_line(line: bytes) -> dict[str, Any]:
    """Return a line; text that no UTF-8 has, which earlier versions wrote, is put right.

    Raises:
        ValueError: it is none: a disk that was full has cut lines in two.
    """
    found: dict[str, Any]
    if b"\\ud" not in line:
        found = msgspec.json.decode(line)
    else:
        read = json.loads(line)
        found = json.loads(json.dumps(read, ensure_ascii=False).encode("utf-8", "replace"))
    return found


class NewestLines:
    """Collects the newest ``limit`` lines of ``start_ns <= time < end_ns`` from files.

    They are lines that ``takes`` takes, any without it. Read is from the oldest of them on, and
    about as much as was written within ``DISORDER_NS``.
    """

    def __init__(
        self,
        *,
        start_ns: int,
        end_ns: int | None,
        limit: int,
        takes: Callable[[bytes], bool] | None = None,
    ) -> None:
        self._takes = takes
        self._start_ns = start_ns
        self._end_ns = end_ns
        self._limit = limit
        # The oldest line that is held comes first: a newer one takes its place.
        self._held: list[tuple[int, int, int, bytes]] = []
        self._rank = 0
        self._seen: set[int] = set()

    def may_be_in(self, written_ns: int) -> bool:
        """Tell whether a file that was last written to then may have one of them."""
        return written_ns + DISORDER_NS >= self._floor()

    def add(self, files: list[FoundFile]) -> None:
        """Take the lines of some files. Those with the newest lines are best given first."""
        for found in sorted(files, key=lambda one: one.written_ns, reverse=True):
            if not self.may_be_in(found.written_ns):
                return
            self._rank -= 1
            with suppress(FileNotFoundError), found.path.open("rb") as file:
                # A file that has been moved to ``.1`` meanwhile would be found twice.
                inode = os.fstat(file.fileno()).st_ino
                if inode not in self._seen:
                    self._seen.add(inode)
                    self._take(file)

    def lines(self) -> list[bytes]:
        """Return them, oldest first."""
        return [line for _, _, _, line in sorted(self._held)]

    def _take(self, file: BinaryIO) -> None:
        for position, line in _lines_backwards(file, _end_of(file, self._end_ns)):
            at = _time_of(line)
            if at is None:
                continue
            floor = self._floor()
            if at + DISORDER_NS < floor:
                return
            if at < floor or (self._end_ns is not None and at >= self._end_ns):
                continue
            if self._takes is not None and not self._takes(line):
                continue
            entry = (at, self._rank, position, line)
            if len(self._held) < self._limit:
                heappush(self._held, entry)
            else:
                heappushpop(self._held, entry)

    def _floor(self) -> int:
        """Return the time before which a line is not wanted."""
        if len(self._held) < self._limit:
            return self._start_ns
        return max(self._start_ns, self._held[0][0])


def first_time(path: Path) -> int:
    """Return the time of the first line of a log file, 0 where it has none.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        digits = file.read(TIME_IN_LINE.stop)[TIME_IN_LINE]
    return int(digits) if digits.isdigit() else 0


def _time_of(line: bytes) -> int | None:
    digits = line[TIME_IN_LINE]
    return int(digits) if digits.isdigit() and line.endswith(b"\n") else None


def _end_of(file: BinaryIO, end_ns: int | None) -> int:
    """Return a place before which all lines of ``time < end_ns`` are."""
    low, high = 0, file.seek(0, os.SEEK_END)
    while end_ns is not None and high - low > BLOCK_BYTES:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        begins = file.tell()
        at = _time_of(file.readline()) if begins < high else None
        if at is None:
            break
        if at < end_ns + DISORDER_NS:
            low = begins
        else:
            high = begins
    return high


def _lines_backwards(file: BinaryIO, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield each line before ``end`` with its place, the last one first."""
    rest, size = b"", BLOCK_BYTES
    while end > 0:
        begin = max(0, end - size)
        file.seek(begin)
        block = file.read(end - begin) + rest
        end = begin
        first = 0 if begin == 0 else block.find(b"\n") + 1
        if begin > 0 and first == 0:
            # A line longer than a block: with larger and larger blocks, it is copied a few times.
            rest, size = block, size * 2
            continue
        rest, size = block[:first], BLOCK_BYTES
        place = begin + len(block)
        for line in reversed(block[first:].splitlines(keepends=True)):
            place -= len(line)
            yield place, line
