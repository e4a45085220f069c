"""A download that ended half-way goes on where it ended, with the very version it began with."""

import hashlib
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import anyio
import anyio.to_thread
import pytest

from outpostkit import AsyncClient, AsyncRepository, Client, Repository, RetryPolicy
from outpostkit.exceptions import NotFoundError, OutpostConnectionError
from outpostkit.repository._proof import Proof

FIRST, SECOND = os.urandom(1_000_000), os.urandom(1_000_000)
HALF = 500_000
GIVE_UP_S = 60.0

PROGRAM = """
import resource, signal, sys
import anyio
from outpostkit import AsyncClient, AsyncRepository, Client, Repository

colour, url, target, limit = sys.argv[1:]
if int(limit):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), -1))

async def main():
    async with AsyncClient("t", base_url=url) as client:
        await AsyncRepository(client, "model", "aj-ya", "tone").download("a.bin", target)

if colour == "async":
    anyio.run(main)
else:
    with Client("t", base_url=url) as client:
        Repository(client, "model", "aj-ya", "tone").download("a.bin", target)
"""


class Files:
    """A server with one file; its fields say how it behaves."""

    def __init__(self) -> None:
        self.content = FIRST
        self.etag: Optional[str] = '"v1"'
        self.status = 0
        #: Bytes after which answers stop, and wait until the test is over; or break off.
        self.stops_after: Optional[int] = None
        self.breaks_after: Optional[int] = None
        self.has_ranges = True
        self.has_if_range = True
        self.headers: Dict[str, str] = {}
        #: ``Range`` and ``If-Range`` of every request.
        self.asked: List[Tuple[Optional[str], Optional[str]]] = []
        self.over = threading.Event()
        self.url = ""

    def answer(self, handler: Any) -> None:
        """Answer a request."""
        wanted, version = handler.headers.get("Range"), handler.headers.get("If-Range")
        self.asked.append((wanted, version))
        first = int(wanted[6:-1]) if wanted and self.has_ranges else 0
        if self.has_if_range and version != self.etag:
            first = 0
        is_beyond = first > 0 and first >= len(self.content)
        status = self.status or (416 if is_beyond else 206 if first else 200)
        body = b"" if status >= 300 else self.content[first:]
        handler.send_response(status)
        if self.etag is not None:
            handler.send_header("ETag", self.etag)
        if status == 206:
            where = f"bytes {first}-{len(self.content) - 1}/{len(self.content)}"
            handler.send_header("Content-Range", where)
        for name, value in {"Content-Length": str(len(body)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if self.stops_after is not None:
            now, body = body[: self.stops_after], body[self.stops_after :]
            handler.wfile.write(now)
            self.over.wait(GIVE_UP_S)
        handler.wfile.write(body[: self.breaks_after])
        handler.close_connection = True


@pytest.fixture
def files() -> Iterator[Files]:
    """A server with one file of a megabyte."""
    served = Files()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            try:
                served.answer(self)
            except OSError:  # whoever asked was killed
                self.close_connection = True

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    served.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    yield served
    served.over.set()
    http.shutdown()
    http.server_close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the file goes, in a folder of its own."""
    folder = tmp_path / "models"
    folder.mkdir()
    return folder / "a.bin"


@pytest.fixture(params=["blocking", "async"])
def colour(request: pytest.FixtureRequest) -> str:
    """Both colours: a test that uses it runs twice."""
    return str(request.param)


@pytest.fixture
def download(colour: str, files: Files, target: Path) -> Callable[..., Path]:
    """Download the file in this process."""
    policy = RetryPolicy(max_attempts=2, initial_delay=0.001, max_delay=0.002)

    def call(on_progress: Any = None, to: Path = target, **options: Any) -> Path:
        path = options.pop("path", "a.bin")
        options = {"base_url": files.url, "retry": policy, **options}
        if colour == "blocking":
            with Client("t", **options) as client:
                repository = Repository(client, "model", "aj-ya", "tone")
                return repository.download(path, to, on_progress=on_progress)

        async def main() -> Path:
            async with AsyncClient("t", **options) as client:
                repository = AsyncRepository(client, "model", "aj-ya", "tone")
                return await repository.download(path, to, on_progress=on_progress)

        return anyio.run(main)

    return call


def program(colour: str, files: Files, target: Path, limit: int = 0) -> "subprocess.Popen[str]":
    """Begin to download the file in a program of its own."""
    arguments = [sys.executable, "-c", PROGRAM, colour, files.url, str(target), str(limit)]
    return subprocess.Popen(arguments, stderr=subprocess.PIPE, universal_newlines=True)


def part_of(target: Path) -> Path:
    """The file beside the target that holds what has come."""
    return next(target.parent.glob(".*.part"))


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what another program does."""
    give_up_at = time.monotonic() + GIVE_UP_S
    while not is_so():
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.005)


def half_is_there(target: Path) -> bool:
    """Whether some of what the server sent before it stopped is in the part."""
    return sum(each.stat().st_size for each in target.parent.glob(".*.part")) >= HALF


def leave_half(files: Files, download: Callable[..., Path], **options: Any) -> None:
    """Download one half, and fail."""
    files.breaks_after = HALF
    with pytest.raises(OutpostConnectionError):
        download(retry=RetryPolicy(max_attempts=1), **options)
    files.breaks_after = None
    files.asked.clear()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_program_that_ends_half_way_is_continued_by_the_next(
    end: signal.Signals, colour: str, files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """Killed or interrupted; the target stays as it was, and is whole in the end."""
    target.write_bytes(b"older")
    files.stops_after = HALF
    running = program(colour, files, target)
    wait_until(lambda: half_is_there(target))
    running.send_signal(end)
    running.communicate(timeout=GIVE_UP_S)
    kept = part_of(target).stat().st_size
    assert target.read_bytes() == b"older"
    files.stops_after = None

    download()

    ((wanted, version),) = files.asked[1:]
    assert wanted is not None
    assert kept - 2**17 < int(wanted[6:-1]) <= kept  # what was being written counts for nothing
    assert version == '"v1"'
    assert target.read_bytes() == FIRST
    assert os.listdir(target.parent) == ["a.bin"]


def test_a_full_disk_is_named_and_the_download_goes_on_when_there_is_room(
    colour: str, files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """The system ends a write in the middle; here because files may not become larger."""
    running = program(colour, files, target, limit=HALF)
    _, told = running.communicate(timeout=GIVE_UP_S)
    assert f"OSError: [Errno 27] File too large: '{target}'" in told

    download()

    ((wanted, version),) = files.asked[1:]
    assert wanted is not None
    assert 0 < int(wanted[6:-1]) <= HALF
    assert version == '"v1"'
    assert target.read_bytes() == FIRST


def test_a_broken_connection_is_continued_by_the_next_call(
    files: Files, target: Path, download: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, and progress begins with what is there."""
    leave_half(files, download)
    told: List[int] = []

    with caplog.at_level(logging.INFO, "outpostkit"):
        download(told.append)

    assert files.asked == [(f"bytes={HALF}-", '"v1"')]
    assert target.read_bytes() == FIRST
    assert told[0] == HALF
    assert sum(told) == len(FIRST)
    assert f"{HALF} bytes are there from an earlier one" in caplog.text


@pytest.mark.parametrize("has_ranges", [True, False])
@pytest.mark.parametrize("has_if_range", [True, False])
@pytest.mark.parametrize("second", [SECOND, SECOND[:1000], b""])
def test_another_version_at_the_server_begins_anew(
    has_ranges: bool,
    has_if_range: bool,
    second: bytes,
    files: Files,
    target: Path,
    download: Callable[..., Path],
) -> None:
    """Whatever the server makes of the question for the rest, the halves are never mixed."""
    leave_half(files, download)
    files.content, files.etag = second, '"v2"'
    files.has_ranges, files.has_if_range = has_ranges, has_if_range

    download(retry=RetryPolicy(max_attempts=1))

    assert target.read_bytes() == second
    assert os.listdir(target.parent) == ["a.bin"]


def test_the_same_version_from_a_server_without_ranges_begins_anew(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """All of it comes, and takes the place of what was there."""
    leave_half(files, download)
    files.has_ranges = False

    download()

    assert target.read_bytes() == FIRST


@pytest.mark.parametrize("etag", [None, 'W/"v1"', ""])
def test_what_no_strong_etag_identifies_is_not_kept(
    etag: Optional[str], files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """Nobody could say whether the rest belongs to it."""
    files.etag = etag

    leave_half(files, download)

    assert os.listdir(target.parent) == []


def test_what_comes_encoded_is_not_kept(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """A range would count other bytes than those that are there."""
    files.headers = {"Content-Encoding": "identity"}

    leave_half(files, download)

    assert os.listdir(target.parent) == []


DAMAGES: Dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda kept: b"",
    "shorter": lambda kept: kept[: len(kept) // 2],
    "longer": lambda kept: kept + b"x" * 2_000_000,
    "zeros at its end": lambda kept: kept[:-1000] + b"\0" * 1000,
    "another beginning": lambda kept: b"x" * 1000 + kept[1000:],
    "something else": lambda kept: os.urandom(len(kept)),
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("suffix", [".part", ".proof"])
def test_what_was_left_is_used_as_far_as_it_is_right(
    damage: str, suffix: str, files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """A machine that lost its power may leave anything; it costs time, and never a wrong file."""
    leave_half(files, download)
    left = part_of(target).with_suffix(suffix)
    left.write_bytes(DAMAGES[damage](left.read_bytes()))

    download(retry=RetryPolicy(max_attempts=1))

    assert target.read_bytes() == FIRST
    assert os.listdir(target.parent) == ["a.bin"]


def test_of_all_that_was_left_the_last_byte_is_asked_for_again(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """A program ended between the last byte and the new name; is it the version of today?"""
    leave_half(files, download)
    part = part_of(target)
    part.write_bytes(FIRST)
    with part.with_suffix(".proof").open("r+b") as proof:
        Proof(proof).mark(len(FIRST), hashlib.sha256(FIRST).hexdigest())

    download()

    assert files.asked == [(f"bytes={len(FIRST) - 1}-", '"v1"')]
    assert target.read_bytes() == FIRST


@pytest.mark.parametrize(("status", "is_kept"), [(404, False), (410, False), (403, True)])
def test_what_cannot_be_continued_is_removed(
    status: int, is_kept: bool, files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """A file that is gone does not come back; a token may be renewed."""
    leave_half(files, download)
    files.status = status

    with pytest.raises(Exception, match=str(status)):
        download()

    assert bool(os.listdir(target.parent)) == is_kept


def test_two_downloads_of_one_file_at_once_do_not_meet(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """The second has a part of its own; whoever is last gives the file its content."""
    files.stops_after = HALF
    running = program("blocking", files, target)
    wait_until(lambda: half_is_there(target))
    files.stops_after = None

    download()

    assert target.read_bytes() == FIRST
    left = sorted(each.suffix for each in target.parent.iterdir())
    assert left == [".bin", ".part", ".proof"]
    files.over.set()
    assert running.communicate(timeout=GIVE_UP_S)[1] == ""
    assert target.read_bytes() == FIRST
    assert os.listdir(target.parent) == ["a.bin"]


def test_parts_of_other_versions_of_the_target_are_removed_by_a_success(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """Those of other files stay, however alike their names are."""
    long_names = [target.with_name("model-" * 10 + f"{number}.bin") for number in (1, 2)]
    for to in (target, *long_names):
        for path in ("a.bin", "b.bin"):
            leave_half(files, download, to=to, path=path)
    assert len(list(target.parent.glob(".*.part"))) == 6

    download()

    left = {each.suffix for each in target.parent.iterdir() if each.name.startswith(".a.bin")}
    assert left == set()
    assert len(list(target.parent.glob(".*.part"))) == 4
    files.asked.clear()
    download(to=long_names[1], path="b.bin")
    assert files.asked == [(f"bytes={HALF}-", '"v1"')]
    assert len(list(target.parent.glob(".*.part"))) == 2


def test_a_server_that_always_breaks_off_is_given_up(
    files: Files, download: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much it sends each time, when no attempt gets further than the one before."""
    monkeypatch.setattr("outpostkit.repository._transmission.WORTHWHILE_BYTES", 100_000)
    files.etag, files.breaks_after = None, HALF

    with pytest.raises(OutpostConnectionError, match="2 attempts"):
        download()

    assert len(files.asked) == 3  # the first has got further than none


def test_a_part_with_another_name_elsewhere_is_not_written_to(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """Another user of the folder could have put it there."""
    leave_half(files, download)
    victim = target.parent.parent / "victim"
    os.link(str(part_of(target)), str(victim))
    precious = victim.read_bytes()

    download()

    assert target.read_bytes() == FIRST
    assert victim.read_bytes() == precious


def test_a_failure_that_nothing_can_go_on_from_leaves_nothing(
    files: Files, target: Path, download: Callable[..., Path]
) -> None:
    """Such as a file that is not there."""
    files.status = 404

    with pytest.raises(NotFoundError):
        download()

    assert os.listdir(target.parent) == []


def test_a_cancelled_task_leaves_the_part_to_the_next_download(files: Files, target: Path) -> None:
    """Cancelled by asyncio itself, which passes by the shields of anyio."""
    import asyncio

    files.stops_after = HALF

    async def main() -> None:
        async with AsyncClient("t", base_url=files.url) as client:
            repository = AsyncRepository(client, "model", "aj-ya", "tone")
            task = asyncio.ensure_future(repository.download("a.bin", target))
            await anyio.to_thread.run_sync(wait_until, lambda: half_is_there(target))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            kept = part_of(target).stat().st_size
            files.stops_after = None
            await repository.download("a.bin", target)
            assert files.asked[1:] == [(f"bytes={kept}-", '"v1"')]

    asyncio.run(main())
    assert target.read_bytes() == FIRST
