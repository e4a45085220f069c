"""Reading the newest lines of log files, in a time that does not depend on how much lies before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappush, heappushpop
from pathlib import Path
from typing import BinaryIO

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


def newest_lines(
    files: list[FoundFile], *, start_ns: int, end_ns: int | None, limit: int
) -> list[bytes]:
    """Return the newest ``limit`` lines of ``start_ns <= time < end_ns``, oldest first.

    Read is what is returned and about as much as was written within ``DISORDER_NS``.
    """
    # The oldest line that is held comes first: a newer one takes its place.
    held: list[tuple[int, int, int, bytes]] = []
    seen: set[int] = set()
    for rank, found in enumerate(sorted(files, key=lambda one: one.written_ns, reverse=True)):
        if found.written_ns + DISORDER_NS < _floor(held, start_ns, limit):
            break
        try:
            file = found.path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            # A file that has been moved to ``.1`` meanwhile would be found twice.
            inode = os.fstat(file.fileno()).st_ino
            if inode in seen:
                continue
            seen.add(inode)
            for position, line in _lines_backwards(file, _end_of(file, end_ns)):
                at = _time_of(line)
                if at is None:
                    continue
                floor = _floor(held, start_ns, limit)
                if at + DISORDER_NS < floor:
                    break
                if at < floor or (end_ns is not None and at >= end_ns):
                    continue
                entry = (at, -rank, position, line)
                if len(held) < limit:
                    heappush(held, entry)
                else:
                    heappushpop(held, entry)
    return [line for _, _, _, line in sorted(held)]


def _floor(held: list[tuple[int, int, int, bytes]], start_ns: int, limit: int) -> int:
    """Return the time before which a line is not wanted."""
    return start_ns if len(held) < limit else max(start_ns, held[0][0])


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
