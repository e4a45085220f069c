"""A page of a log: the newest lines, whatever lies before them."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from outpost_server.keeping.log_reading import BLOCK_BYTES, NewestLines
from outpost_server.keeping.logbook import Logbook, file_names, readable

BEGIN = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def line(at: int, message: str) -> bytes:
    return json.dumps({"timestamp": str(at), "data": message}, separators=(",", ":")).encode() + (
        b"\n"
    )


def written(logbook: Logbook, times: dict[str, list[int]]) -> list[tuple[int, str]]:
    """Write a line at each time into the log of each deployment, and return all, oldest first."""
    said = []
    for deployment, of_deployment in times.items():
        path = logbook.path("e", deployment, "runtime")
        said += [(at, f"{deployment}-{n}" * (1 + n % 50)) for n, at in enumerate(of_deployment)]
        lines = (line(at, text) for at, text in said[-len(of_deployment) :])
        path.write_bytes(b"".join(lines))
    return sorted(said, key=lambda one: one[0])


def page(logbook: Logbook, **wanted: int | None) -> list[tuple[int, str]]:
    newest = NewestLines(**{"start_ns": 0, "end_ns": None, "limit": 100, **wanted})
    deployments = [
        path.parent.name for path in logbook.path("e", "a", "runtime").parents[1].glob("*/*")
    ]
    newest.add(logbook.files("e", deployments, file_names("runtime")))
    return [
        (int(one["timestamp"]), one["data"])
        for one in map(json.loads, map(bytes, readable(newest.lines())))
    ]


@pytest.mark.parametrize("seed", range(20))
def test_pages_of_lines_out_of_order_are_those_of_sorting_them_all(tmp_path, seed):
    """Processes write a moment after they have looked at the clock; no line is left out."""
    chance = random.Random(seed)
    times = {
        name: [
            BEGIN + n * SECOND // 50 + chance.randrange(SECOND)
            for n in range(chance.randrange(1, 4000))
        ]
        for name in "abc"
    }
    logbook = Logbook(tmp_path)
    said = written(logbook, times)
    start, end = sorted(BEGIN + chance.randrange(80 * SECOND) for _ in range(2))
    limit = chance.randrange(1, 3000)

    found = page(logbook, start_ns=start, end_ns=end, limit=limit)

    assert [at for at, _ in found] == [at for at, _ in said if start <= at < end][-limit:]
    assert set(found) <= set(said)


def test_a_page_reads_little_of_a_large_log(tmp_path):
    """What is read does not grow with what lies before the page, or after it."""
    logbook = Logbook(tmp_path)
    said = written(logbook, {"a": [BEGIN + n * SECOND for n in range(100_000)]})
    before = bytes_read()

    newest = page(logbook, limit=10)
    middle = page(logbook, end_ns=BEGIN + 50_000 * SECOND, limit=10)

    assert newest == said[-10:]
    assert middle == said[49_990:50_000]
    assert (
        bytes_read() - before < 40 * BLOCK_BYTES < logbook.path("e", "a", "runtime").stat().st_size
    )


def test_old_files_are_not_opened(tmp_path):
    """A file that was last written to before the period has nothing to say."""
    logbook = Logbook(tmp_path)
    times = {str(n): [BEGIN + n * 60 * SECOND] for n in range(200)}
    said = written(logbook, times)
    for n in range(200):
        at = BEGIN + n * 60 * SECOND
        set_written(logbook.path("e", str(n), "runtime"), at)
    for n in range(100):
        logbook.path("e", str(n), "runtime").chmod(0)
    before = bytes_read()

    found = page(logbook, start_ns=BEGIN + 198 * 60 * SECOND)

    assert found == said[-2:]
    assert bytes_read() - before < 10_000


@pytest.mark.parametrize("size", [BLOCK_BYTES - 1, BLOCK_BYTES, 5 * BLOCK_BYTES + 1])
def test_a_long_line_is_read_whole(tmp_path, size):
    """Wherever the edges of blocks fall."""
    logbook = Logbook(tmp_path)
    path = logbook.path("e", "a", "runtime")
    path.write_bytes(line(BEGIN, "first") + line(BEGIN + 1, "x" * size) + line(BEGIN + 2, "last"))

    assert [len(text) for _, text in page(logbook)] == [5, size, 4]


def test_a_line_that_was_cut_on_a_full_disk_is_left_out(tmp_path):
    """The others are read."""
    logbook = Logbook(tmp_path)
    path = logbook.path("e", "a", "runtime")
    no_text = line(BEGIN + 2, "é").replace(b"\\u00e9", b"\xe9")
    path.write_bytes(line(BEGIN, "cut")[:40] + b"\n" + line(BEGIN + 1, "whole") + no_text)

    assert page(logbook) == [(BEGIN + 1, "whole")]


def test_what_no_text_can_have_is_put_right(tmp_path):
    """Earlier versions wrote half of a pair of surrogates."""
    logbook = Logbook(tmp_path)
    logbook.path("e", "a", "runtime").write_bytes(line(BEGIN, "half: \ud83d"))

    assert page(logbook) == [(BEGIN, "half: ?")]


def bytes_read() -> int:
    """Return what this process has read since it began."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(lines[0].removeprefix("rchar: "))


def set_written(path: Path, at_ns: int) -> None:
    os.utime(path, ns=(at_ns, at_ns))
