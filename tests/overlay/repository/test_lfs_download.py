"""Downloads of large files from a real server: whole and right, or not there at all."""

import io
import os
import time
from pathlib import Path
from typing import Any, List

import httpx
import pytest

from outpostkit import RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostTimeoutError,
)
from outpostkit.repository.lfs.exc import LfsError

CONTENT = os.urandom(300_000)
LARGE = os.urandom(5_000_000)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where a download goes, in a folder of its own."""
    folder = tmp_path / "models"
    folder.mkdir()
    return folder / "model.bin"


def test_a_path_holds_the_object_and_nothing_else_is_left(transfers, lfs, target: Path) -> None:
    """The file beside it, which the bytes went to, is gone."""
    oid = lfs.keep(CONTENT)

    transfers.download(target, oid, len(CONTENT))

    assert target.read_bytes() == CONTENT
    assert os.listdir(target.parent) == ["model.bin"]


def test_a_file_in_the_current_folder_needs_no_folder(
    transfers, lfs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare name is a path too."""
    monkeypatch.chdir(tmp_path)

    transfers.download("bare.bin", lfs.keep(CONTENT), len(CONTENT))

    assert (tmp_path / "bare.bin").read_bytes() == CONTENT


def test_an_open_file_is_filled_from_where_it_stands(transfers, lfs) -> None:
    """What is before stays."""
    file = io.BytesIO(b"before")
    file.seek(6)

    transfers.download(file, lfs.keep(CONTENT), len(CONTENT))

    assert file.getvalue() == b"before" + CONTENT


def test_an_empty_object_gives_an_empty_file(transfers, lfs, target: Path) -> None:
    """Nothing has to be sent for it."""
    transfers.download(target, lfs.keep(b""), 0)

    assert target.read_bytes() == b""


def test_progress_adds_up_to_the_size(transfers, lfs, target: Path) -> None:
    """Also when the connection breaks on the way."""
    lfs.faults = {"download": [lfs.cut(100_000)]}
    told: List[int] = []

    transfers.download(target, lfs.keep(CONTENT), len(CONTENT), told.append)

    assert sum(told) == len(CONTENT)


def test_a_broken_connection_is_taken_up_where_it_broke(transfers, lfs, target: Path) -> None:
    """The bytes that came are not asked for again."""
    lfs.faults = {"download": [lfs.cut(100_000), "reset", lfs.cut(50_000)]}

    transfers.download(target, lfs.keep(CONTENT), len(CONTENT))

    asked = [each.headers.get("range") for each in lfs.requests("download")]
    assert asked == [None, "bytes=100000-", "bytes=100000-", "bytes=150000-"]
    assert target.read_bytes() == CONTENT


def test_a_large_download_may_break_more_often_than_a_call(transfers, lfs, target: Path) -> None:
    """Whatever makes headway has its attempts anew."""
    lfs.faults = {"download": [lfs.cut(1_200_000)] * 4}

    transfers.download(target, lfs.keep(LARGE), len(LARGE), retry=None)

    assert len(lfs.requests("download")) == 5
    assert target.read_bytes() == LARGE


def test_a_server_without_ranges_sends_all_of_it_again(transfers, lfs, target: Path) -> None:
    """The bytes that came first are not counted twice."""
    lfs.honours_ranges = False
    lfs.faults = {"download": [lfs.cut(100_000)]}

    transfers.download(target, lfs.keep(CONTENT), len(CONTENT))

    assert target.read_bytes() == CONTENT


def test_a_download_that_gives_up_is_continued_by_the_next(transfers, lfs, target: Path) -> None:
    """The path stays as it was until then; what has come is kept beside it."""
    oid = lfs.keep(CONTENT)
    target.write_bytes(b"older")
    lfs.faults = {"download": [lfs.cut(100_000), "reset", "reset", "reset"]}
    with pytest.raises(OutpostConnectionError, match=f"download of object {oid[:12]}"):
        transfers.download(target, oid, len(CONTENT))
    assert target.read_bytes() == b"older"
    lfs.seen.clear()

    transfers.download(target, oid, len(CONTENT))

    assert [each.headers.get("range") for each in lfs.requests("download")] == ["bytes=100000-"]
    assert target.read_bytes() == CONTENT
    assert os.listdir(target.parent) == ["model.bin"]


@pytest.mark.parametrize("left", [b"x" * 1000, b"x" * 300_000, b"x" * 300_001])
def test_what_was_left_is_used_only_if_it_fits(transfers, lfs, target: Path, left: bytes) -> None:
    """Something else under that name costs time, and never a wrong file."""
    oid = lfs.keep(CONTENT)
    (target.parent / f".model.bin.{oid[:16]}.part").write_bytes(left)

    transfers.download(target, oid, len(CONTENT))

    assert target.read_bytes() == CONTENT


def test_all_that_was_left_needs_no_request(transfers, lfs, target: Path) -> None:
    """A program that ended between the last byte and the new name."""
    oid = lfs.keep(CONTENT)
    (target.parent / f".model.bin.{oid[:16]}.part").write_bytes(CONTENT)

    transfers.download(target, oid, len(CONTENT))

    assert lfs.actions == ["batch"]
    assert target.read_bytes() == CONTENT


def test_a_link_beside_the_target_is_not_followed(transfers, lfs, target: Path) -> None:
    """Another user of the folder could have put it there."""
    oid = lfs.keep(CONTENT)
    victim = target.parent.parent / "victim"
    victim.write_bytes(b"precious")
    (target.parent / f".model.bin.{oid[:16]}.part").symlink_to(victim)

    transfers.download(target, oid, len(CONTENT))

    assert victim.read_bytes() == b"precious"
    assert target.read_bytes() == CONTENT


def test_a_file_that_somebody_else_is_filling_is_left_alone(transfers, lfs, target: Path) -> None:
    """Two programs that download the same object do not write into each other's file."""
    fcntl = pytest.importorskip("fcntl", reason="without locks, no such file is shared at all")
    oid = lfs.keep(CONTENT)
    other = target.parent / f".model.bin.{oid[:16]}.part"
    with other.open("w+b") as file:
        file.write(b"x" * 10)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)

        transfers.download(target, oid, len(CONTENT))

    assert target.read_bytes() == CONTENT
    assert other.read_bytes() == b"x" * 10


@pytest.mark.parametrize("wrong", [b"y" * 300_000, b"short", b"y" * 300_001])
def test_other_content_is_never_written(transfers, lfs, target: Path, wrong: bytes) -> None:
    """Neither with another hash, nor too short, nor too long."""
    oid = lfs.keep(CONTENT)
    lfs.wrong = [wrong] * 4

    with pytest.raises(LfsError) as caught:
        transfers.download(target, oid, len(CONTENT))

    assert caught.value.oid == oid
    assert os.listdir(target.parent) == []


def test_an_open_file_is_cut_back_after_a_failure(transfers, lfs) -> None:
    """No wrong byte stays in it."""
    file = io.BytesIO(b"before")
    file.seek(6)
    lfs.wrong = [b"y" * 300_000]

    with pytest.raises(LfsError, match="SHA-256"):
        transfers.download(file, lfs.keep(CONTENT), len(CONTENT))

    assert file.getvalue() == b"before"


@pytest.mark.parametrize("status", [400, 403, 404, 410, 302])
def test_a_refusal_is_an_error_and_no_content(transfers, lfs, target: Path, status: int) -> None:
    """The page that a storage sends with it does not end up in the file."""
    lfs.faults = {"download": [status]}

    with pytest.raises(LfsError) as caught:
        transfers.download(target, lfs.keep(CONTENT), len(CONTENT))

    assert caught.value.status_code == status
    assert os.listdir(target.parent) == []


def test_an_object_that_does_not_exist_is_an_error_with_its_code(
    transfers, lfs, target: Path
) -> None:
    """The server says so for the single object, in an answer of status 200."""
    with pytest.raises(LfsError, match="The object does not exist") as caught:
        transfers.download(target, "0" * 64, 7)

    assert (caught.value.status_code, caught.value.code) == (404, 404)
    assert caught.value.oid == "0" * 64


@pytest.mark.parametrize("fault", [503, 429, "reset"])
def test_a_busy_storage_is_asked_again(transfers, lfs, target: Path, fault: Any) -> None:
    """As every server."""
    lfs.faults = {"download": [fault, fault]}

    transfers.download(target, lfs.keep(CONTENT), len(CONTENT))

    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("to", "reason"),
    [(".", "folder"), ("missing/model.bin", "make it"), ("/dev/null", "not a regular file")],
)
def test_a_path_that_cannot_be_written_is_named(
    transfers, lfs, target: Path, to: str, reason: str
) -> None:
    """Before the first byte is asked for."""
    with pytest.raises(ConfigurationError, match=reason):
        transfers.download(target.parent / to, lfs.keep(CONTENT), len(CONTENT))

    assert lfs.requests("download") == []


@pytest.mark.parametrize("action", ["batch", "download"])
def test_a_server_that_hangs_is_not_waited_for_for_ever(
    transfers, lfs, target: Path, action: str
) -> None:
    """Every phase of a request has its limit."""
    lfs.faults = {action: ["hang"]}

    with pytest.raises(OutpostTimeoutError):
        transfers.download(
            target,
            lfs.keep(CONTENT),
            len(CONTENT),
            timeout=0.05,
            retry=RetryPolicy(max_attempts=1),
        )


def test_a_deadline_holds_for_a_request_with_its_retries(transfers, lfs, target: Path) -> None:
    """For those who want one; without, a transfer may take as long as it moves."""
    lfs.faults = {"download": ["hang"] * 9}
    began = time.monotonic()

    with pytest.raises(OutpostTimeoutError):
        transfers.download(target, lfs.keep(CONTENT), len(CONTENT), retry=RetryPolicy(deadline=0.1))

    assert time.monotonic() - began < 10  # one answer alone would take six times that


def test_the_transports_of_httpx_do_as_well(transfers, lfs, target: Path) -> None:
    """They are used with proxies and HTTP/2, and show no secret either."""
    kind: Any = httpx.AsyncHTTPTransport if transfers.is_async else httpx.HTTPTransport
    lfs.transfer, lfs.faults = "multipart-basic", {"download": [lfs.cut(100_000)], "part2": [503]}
    lfs.part_size = 100_000

    stored = transfers.upload(io.BytesIO(CONTENT), transport=kind())
    transfers.download(target, stored["oid"], stored["size"], transport=kind())

    assert target.read_bytes() == CONTENT


def test_an_adapter_downloads_what_a_batch_named(transfers, lfs, target: Path) -> None:
    """For those who ask for batches themselves."""
    oid = lfs.keep(CONTENT)
    request = {"operation": "download", "objects": [{"oid": oid, "size": len(CONTENT)}]}
    spec = lfs.batch(request)["objects"][0]
    adapter = transfers.adapter("basic")

    transfers.result(lambda: adapter.download(target, spec))

    assert target.read_bytes() == CONTENT
