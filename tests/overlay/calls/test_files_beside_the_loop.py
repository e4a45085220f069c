"""``async`` code reads and writes files beside its event loop, which goes on meanwhile.

Each file here gives nothing until another task of the same loop has had its turn, so that a loop
that was blocked would wait until the file gives up, and its test would fail.
"""

import hashlib
import io
import os
import threading
from pathlib import Path
from typing import Any, Callable, Dict, Iterator

import anyio
import pytest
from werkzeug import Request, Response

from outpostkit import (
    AsyncClient,
    AsyncEndpoint,
    AsyncEndpoints,
    AsyncPredictor,
    AsyncUser,
    EndpointCustomTemplateConfig,
    RetryPolicy,
)
from outpostkit.exceptions import OutpostTimeoutError

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
CONTENT = os.urandom(300_000)
GIVE_UP_S = 60.0


class SlowFile(io.RawIOBase):
    """A file whose first read waits for another task."""

    def __init__(self, content: bytes, *, seekable: bool = True) -> None:
        self._content = io.BytesIO(content)
        self._seekable = seekable
        self.let_go = threading.Event()
        self.was_blocking = False

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """As the test says."""
        return self._seekable

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move."""
        return self._content.seek(offset, whence)

    def tell(self) -> int:
        """Where it stands."""
        return self._content.tell()

    def readinto(self, buffer: Any) -> int:
        """Wait, then read."""
        if not self.let_go.wait(GIVE_UP_S):
            self.was_blocking = True
        return self._content.readinto(buffer)


@pytest.fixture(params=["asyncio", "trio"])
def loop(request: pytest.FixtureRequest) -> str:
    """Both kinds of event loops."""
    if request.param == "trio":
        pytest.importorskip("trio", reason="these run under Trio")
    return str(request.param)


@pytest.fixture
def run(server: Any, loop: str) -> Callable[..., Any]:
    """Let ``job`` use a client, and let the slow file go when another task has its turn."""

    def call(job: Callable[[AsyncClient], Any], let_go: threading.Event, **options: Any) -> Any:
        async def main() -> Any:
            async def other() -> None:
                await anyio.sleep(0.05)  # the file is being read by then
                let_go.set()

            client = AsyncClient(server.token, base_url=server.base_url, **options)
            failure = None
            async with client, anyio.create_task_group() as tasks:
                tasks.start_soon(other)
                try:
                    await job(client)
                except Exception as error:  # kept, because the group would wrap it
                    failure = error
            if failure is not None:
                raise failure

        return anyio.run(main, backend=loop)

    return call


@pytest.fixture
def bodies(server: Any) -> Dict[str, bytes]:
    """What predictions were sent with: ``body`` of the last one."""
    kept: Dict[str, bytes] = {}

    def keep(request: Request) -> Response:
        part = request.files.get("file") if request.files else None
        kept["body"] = part.read() if part is not None else request.get_data()
        return server.json({"ok": True})

    server.handle("POST", "/predict", keep, keeps_body=False)
    return kept


def predictor(client: AsyncClient, server: Any) -> AsyncPredictor:
    """Predictions of the server."""
    return AsyncPredictor(client, server.url, "/predict", "/healthcheck")


@pytest.mark.parametrize("seekable", [True, False])
def test_a_body_from_a_slow_file(run, server, bodies, seekable: bool) -> None:
    """All of it comes, in order."""
    file = SlowFile(CONTENT, seekable=seekable)

    run(lambda client: predictor(client, server).infer(content=file), file.let_go)

    assert bodies["body"] == CONTENT
    assert not file.was_blocking


def test_a_form_with_a_slow_file(run, server, bodies) -> None:
    """``files=`` of a prediction."""
    file = SlowFile(CONTENT)

    run(lambda client: predictor(client, server).infer(files={"file": file}), file.let_go)

    assert bodies["body"] == CONTENT
    assert not file.was_blocking


def test_a_slow_file_within_json(run, server, bodies) -> None:
    """It is base64 there."""
    file = SlowFile(b"abc")

    run(lambda client: predictor(client, server).infer(json={"a": [file]}), file.let_go)

    assert bodies["body"] == b'{"a":["YWJj"]}'
    assert not file.was_blocking


def test_an_iterator_within_json_stays_in_its_thread(run, server, bodies) -> None:
    """The cursor of a database may be used there only."""
    mine = threading.get_ident()

    def rows() -> Iterator[int]:
        assert threading.get_ident() == mine
        yield from (1, 2)

    run(
        lambda client: predictor(client, server).infer(json=[rows(), io.BytesIO(b"abc")]),
        threading.Event(),
    )

    assert bodies["body"] == b'[[1,2],"YWJj"]'


def test_headers_from_an_iterator_are_sent_with_files(run, server, tmp_path: Path) -> None:
    """What can be taken once is taken once."""
    (tmp_path / "a").write_bytes(b"abc")
    server.handle("POST", "/predict", lambda request: server.json({}))
    headers: Any = iter([("X-Mine", "1")])

    run(
        lambda client: predictor(client, server).infer(json=tmp_path / "a", headers=headers),
        threading.Event(),
    )

    assert server.last.headers["X-Mine"] == "1"
    assert server.last.get_data() == b'"YWJj"'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in the file system are of POSIX")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_path_of_a_pipe_that_nobody_writes_to_yet(
    run, server, bodies, tmp_path: Path, as_json: bool
) -> None:
    """Opening it waits already."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    let_go = threading.Event()

    def write() -> None:
        let_go.wait(GIVE_UP_S)
        path.write_bytes(b"abc")

    writer = threading.Thread(target=write)
    writer.start()
    given: Dict[str, Any] = {"json": path} if as_json else {"content": path}
    run(lambda client: predictor(client, server).infer(**given), let_go)
    writer.join()

    assert bodies["body"] == (b'"YWJj"' if as_json else b"abc")


@pytest.mark.parametrize("where", ["content", "files"])
def test_a_file_that_gives_nothing_is_left_at_the_deadline(run, server, bodies, where: str) -> None:
    """Neither the call nor the end of the program waits for it."""
    file = SlowFile(CONTENT, seekable=False)
    given: Dict[str, Any] = {where: {"file": file} if where == "files" else file}
    deadline = RetryPolicy(deadline=0.2, max_attempts=1)
    with pytest.raises(OutpostTimeoutError):
        run(
            lambda client: predictor(client, server).infer(**given),
            threading.Event(),
            retry=deadline,
        )

    assert not file.was_blocking
    file.let_go.set()


def test_a_picture_from_a_slow_file(run, server) -> None:
    """It is checked before it is sent."""
    file = SlowFile(PNG)
    server.on("POST", "/v1/user/avatar", server.empty(204))
    server.on("PUT", "/v1/user/avatar", server.empty(204))

    async def upload(client: AsyncClient) -> None:
        await AsyncUser(client).upload_avatar(file)  # type: ignore[arg-type]  # a raw file will do

    run(upload, file.let_go)

    assert not file.was_blocking


class SlowPath:
    """A path that can be followed when another task has had its turn."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.let_go = threading.Event()
        self.was_blocking = False

    def __fspath__(self) -> str:
        if not self.let_go.wait(GIVE_UP_S):
            self.was_blocking = True
        return str(self._path)


def test_a_template_on_a_slow_disk(run, server, tmp_path: Path) -> None:
    """Created with it, and changed to it."""
    source = b"class Echo:\n    def predict(self):\n        return 1\n"
    (tmp_path / "template.py").write_bytes(source)
    server.on("POST", "/v1/endpoints/aj-ya", server.json(server.endpoint()))
    server.on("PUT", "/v1/endpoints/aj-ya/echo", server.json(server.endpoint()))
    created, changed = SlowPath(tmp_path / "template.py"), SlowPath(tmp_path / "template.py")

    async def create(client: AsyncClient) -> None:
        await AsyncEndpoints(client, entity="aj-ya").create(template=template(created))

    async def change(client: AsyncClient) -> None:
        await AsyncEndpoint(client, "aj-ya", "echo").update(template=template(changed))

    run(create, created.let_go)
    assert source in server.last.get_data()
    run(change, changed.let_go)

    assert source in server.last.get_data()
    assert not created.was_blocking
    assert not changed.was_blocking


def template(path: Any) -> EndpointCustomTemplateConfig:
    """A template at a path."""
    return EndpointCustomTemplateConfig(type="file", className="Echo", path=path)


def test_a_wrong_argument_is_named_with_the_method(run) -> None:
    """Although another thread looks at it."""
    with pytest.raises(TypeError, match=r"^create\(\)"):
        run(
            lambda client: AsyncEndpoints(client, entity="aj-ya").create(nonsense=1),
            threading.Event(),
        )


def test_a_large_file_is_sent_as_it_is(run, server, tmp_path: Path, bodies) -> None:
    """In whatever pieces it is read."""
    content = os.urandom(3_000_001)
    (tmp_path / "a").write_bytes(content)

    run(lambda client: predictor(client, server).infer(content=tmp_path / "a"), threading.Event())

    assert hashlib.sha256(bodies["body"]).digest() == hashlib.sha256(content).digest()
