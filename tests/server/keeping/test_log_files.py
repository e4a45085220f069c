"""Log files: many writers, bounded size, nothing half-read."""

from __future__ import annotations

import json
import threading

from outpost_server.keeping.log_reading import NewestLines
from outpost_server.keeping.logbook import Logbook, file_names, readable
from outpost_server.log_files import LogFile, log_line


def query(logbook, **changes):
    newest = NewestLines(**{"start_ns": 0, "end_ns": None, "limit": 1000, **changes})
    newest.add(logbook.files("endpoint", ["deployment"], file_names("runtime")))
    return [
        line["data"]["message"] for line in map(json.loads, map(bytes, readable(newest.lines())))
    ]


def test_writers_of_one_file_do_not_mix_their_lines(tmp_path):
    """Each line is whole, whoever else writes."""
    path = str(tmp_path / "runtime.jsonl")

    def write(name):
        file = LogFile(path)
        for number in range(200):
            file.write(log_line("runtime", "INFO", name, f"{name}-{number}" * 50))
        file.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = [json.loads(line) for line in (tmp_path / "runtime.jsonl").read_text().splitlines()]

    assert len(lines) == 800


def test_a_log_keeps_its_newest_lines_within_its_bound(tmp_path):
    """Two files at most; the oldest lines go, the newest stay, for every writer."""
    logbook = Logbook(tmp_path)
    path = logbook.path("endpoint", "deployment", "runtime")
    writers = [LogFile(str(path), max_bytes=2000) for _ in range(2)]
    for number in range(100):
        writers[number % 2].write(log_line("runtime", "INFO", "x", str(number)))
    for writer in writers:
        writer.close()

    said = query(logbook)

    assert said == [str(number) for number in range(100 - len(said), 100)]
    assert 10 < len(said) < 100
    assert len(list(path.parent.iterdir())) == 2


def test_a_line_that_is_still_being_written_is_not_read(tmp_path):
    """Readers see whole lines only."""
    logbook = Logbook(tmp_path)
    path = logbook.path("endpoint", "deployment", "runtime")
    line = log_line("runtime", "INFO", "x", "whole")
    path.write_bytes(line + b"rubbish\n" + line[:-10])

    assert query(logbook) == ["whole"]


def test_logs_of_a_deleted_endpoint_are_not_written_any_more(tmp_path):
    """A replica that is just ending does not bring the file back."""
    logbook = Logbook(tmp_path)
    path = logbook.path("endpoint", "deployment", "runtime")
    file = LogFile(str(path))
    logbook.forget("endpoint")

    file.write(log_line("runtime", "INFO", "x", "late"))
    file.close()

    assert not path.exists()


def test_a_very_long_message_is_cut():
    """One line cannot fill the disk."""
    line = json.loads(log_line("runtime", "INFO", "x", "y" * 1_000_000))

    assert len(line["data"]["message"]) < 70_000
    assert line["data"]["message"].endswith("[cut]")
