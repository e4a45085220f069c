"""Reading the files of a repository, in both colours, at any reference or at one."""

import json
from pathlib import Path
from typing import Any, Callable, List

import pytest
from werkzeug import Response

from outpost_api.models import RepositoryBlob
from outpostkit import (
    AsyncRepository,
    AsyncRepositoryAtRef,
    Repository,
    RepositoryAtRef,
)
from outpostkit.exceptions import (
    ConfigurationError,
    NotFoundError,
    OutpostConnectionError,
    UnreadableResponseError,
)

BLOBS = "/v1/git/blobs/model/aj-ya/tone"
TREE = "/v1/git/tree/model/aj-ya/tone"
ENTRY = {
    "name": "config.json", "path": "data/config.json", "type": "blob", "oid": "a" * 40, "size": 7,
}  # fmt: skip
DOCUMENT = {
    "path": "data/config.json", "oid": "a" * 40, "size": 7, "commit": "c" * 40,
    "encoding": "utf-8", "content": '{"a":1}', "lfs": None,
}  # fmt: skip


@pytest.fixture
def ask(sdk: Any) -> Callable[..., Any]:
    """Call a method of the repository aj-ya/tone; with ``at``, at one reference."""

    def call(method: str, *args: Any, at: Any = None, **kwargs: Any) -> Any:
        def job(client: Any) -> Any:
            kind: Any = AsyncRepository if sdk.is_async else Repository
            repository = kind(client, "model", "aj-ya", "tone")
            found = repository if at is None else repository.at(at)
            return getattr(found, method)(*args, **kwargs)

        return sdk.do(job)

    return call


def raw(content: bytes, media_type: str = "application/octet-stream", **headers: str) -> Response:
    """The answer with the bytes of a file."""
    return Response(content, 200, headers, content_type=media_type)


@pytest.mark.parametrize(("method", "verb"), [("view_blob", "view"), ("download_blob", "download")])
@pytest.mark.parametrize("path", ["data/config.json", "/data/config.json"])
def test_a_file_is_bytes(ask, server, method: str, verb: str, path: str) -> None:
    """A path may begin with a slash, as the published clients wanted it."""
    server.on("GET", f"{BLOBS}/{verb}/HEAD/data/config.json", raw(b'{"a":1}'))

    assert ask(method, path) == b'{"a":1}'
    assert server.last.args["raw"] == "true"
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"


@pytest.mark.parametrize("media_type", ["application/json", "text/x-python", "image/png", ""])
def test_bytes_stay_bytes_whatever_the_server_calls_them(ask, server, media_type: str) -> None:
    """A file that happens to be JSON is not parsed."""
    server.on("GET", f"{BLOBS}/view/HEAD/config.json", raw(b'{"a":1}', media_type))

    assert ask("view_blob", "config.json") == b'{"a":1}'


@pytest.mark.parametrize(("method", "verb"), [("view_blob", "view"), ("download_blob", "download")])
def test_without_raw_a_file_is_a_document(ask, server, method: str, verb: str) -> None:
    """With hash, size, commit and content."""
    server.on("GET", f"{BLOBS}/{verb}/v1.0/data/config.json", server.json(DOCUMENT))

    blob = ask(method, "data/config.json", "v1.0", False)

    assert isinstance(blob, RepositoryBlob)
    assert (blob.size, blob.content, blob.lfs) == (7, '{"a":1}', None)
    assert server.last.args["raw"] == "false"


def test_bytes_instead_of_a_document_are_an_error(ask, server) -> None:
    """Not a document of another type."""
    server.on("GET", f"{BLOBS}/view/HEAD/a", raw(b"\x00"))

    with pytest.raises(UnreadableResponseError):
        ask("view_blob", "a", raw=False)


@pytest.mark.parametrize("path", ["/", "", "data", "/data", "data/"])
def test_a_folder_is_listed(ask, server, path: str) -> None:
    """The root is the default; slashes around a folder do not matter."""
    tree = {"commit": "c" * 40, "path": "data", "entries": [ENTRY]}
    sent = path.strip("/")
    server.on("GET", f"{TREE}/view/HEAD/{sent}", server.json(tree))

    found = ask("view_tree", path=path, with_commit=True)

    assert [entry.path for entry in found.entries] == ["data/config.json"]
    assert dict(server.last.args) == {"with_commit": "true", "with_metadata": "false"}


def test_paths_are_searched(ask, server) -> None:
    """By a text, at a reference."""
    result = {"commit": "c" * 40, "total": 1, "entries": [ENTRY]}
    server.on("GET", f"{TREE}/search", server.json(result))

    assert ask("search_tree", "config", "main").total == 1
    assert dict(server.last.args) == {"search": "config", "ref": "main"}


def test_a_repository_at_a_reference_asks_for_that_reference(ask, server, tmp_path: Path) -> None:
    """A slash in the name of a branch is part of the name."""
    branch = "feature%2Fx"
    for verb in ("view", "download"):
        server.on("GET", f"{BLOBS}/{verb}/feature/x/a", raw(b"a"))
    server.on("GET", f"{TREE}/view/feature/x/", server.json({**DOCUMENT, "entries": []}))
    server.on("GET", f"{TREE}/search", server.json({"commit": "", "total": 0, "entries": []}))

    ask("view_blob", "a", at="feature/x")
    ask("download_blob", "a", True, at="feature/x")
    ask("download", "a", tmp_path / "a", at="feature/x")
    ask("view_tree", at="feature/x")
    ask("search_tree", "a", at="feature/x")

    sent = [request.environ["RAW_URI"] for request in server.requests]
    assert all(branch in uri for uri in sent[:4])
    assert "ref=feature%2Fx" in sent[4]


@pytest.mark.parametrize(
    "path", ["", "/", "..", "a/../b", "./a", "//a", "a//b", "a/", "/../../user", 7]
)
def test_paths_that_name_no_file_are_refused(ask, server, path: Any) -> None:
    """Also those that would lead out of the repository; nothing is sent."""
    with pytest.raises(ConfigurationError, match="path"):
        ask("view_blob", path)

    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("space", "aj-ya", "tone"), "repo_type"),
        (("model", "aj-ya/x", "tone"), "entity"),
        (("model", "aj-ya", ".."), "name"),
        (("model", "aj-ya", "a b"), "name"),
        (("model", "aj-ya", "x" * 97), "name"),
    ],
)
def test_what_is_no_repository_is_refused(sdk, server, arguments: Any, field: str) -> None:
    """The error names the argument."""
    kind: Any = AsyncRepository if sdk.is_async else Repository

    with pytest.raises(ConfigurationError, match=field):
        kind(object(), *arguments)


@pytest.mark.parametrize("ref", ["", "..", "a\nb", None])
def test_what_is_no_reference_is_refused(sdk, ref: Any) -> None:
    """The error names the argument."""
    kind: Any = AsyncRepositoryAtRef if sdk.is_async else RepositoryAtRef

    with pytest.raises(ConfigurationError, match="ref"):
        kind(object(), "dataset", "aj-ya", "tone", ref)


def test_a_download_goes_to_a_file(ask, server, tmp_path: Path) -> None:
    """The path is returned; progress adds up; nothing else is left."""
    content = bytes(range(256)) * 2000
    server.on("GET", f"{BLOBS}/download/HEAD/model.bin", raw(content))
    told: List[int] = []

    path = ask("download", "/model.bin", tmp_path / "model.bin", on_progress=told.append)

    assert path == tmp_path / "model.bin"
    assert path.read_bytes() == content
    assert sum(told) == len(content)
    assert [each.name for each in tmp_path.iterdir()] == ["model.bin"]
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"


def test_a_download_that_fails_leaves_the_file_as_it_was(ask, server, tmp_path: Path) -> None:
    """The error page of a server is not the file."""
    (tmp_path / "a").write_bytes(b"older")
    server.on("GET", f"{BLOBS}/download/HEAD/a", server.json({"message": "no such file"}, 404))

    with pytest.raises(NotFoundError, match="no such file") as caught:
        ask("download", "a", tmp_path / "a")

    assert caught.value.operation_id == "downloadBlob"
    assert (tmp_path / "a").read_bytes() == b"older"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_busy_server_is_asked_again(ask, server, tmp_path: Path) -> None:
    """As for every other call."""
    busy = server.json({"message": "busy"}, 503)
    server.on("GET", f"{BLOBS}/download/HEAD/a", busy, busy, raw(b"a"))

    assert ask("download", "a", tmp_path / "a").read_bytes() == b"a"


class Breaking:
    """Answers downloads of one content, and breaks the first of them off."""

    def __init__(self, content: bytes, etag: str, *, breaks: int = 1) -> None:
        self.content = content
        self.etag = etag
        self.breaks = breaks
        self.asked: List[Any] = []

    def __call__(self, request: Any) -> Response:
        """All of it, or from where it is asked for while the content is the same."""
        wanted = request.headers.get("Range")
        self.asked.append((wanted, request.headers.get("If-Range")))
        first = int(wanted[6:-1]) if wanted and request.headers.get("If-Range") == self.etag else 0
        rest = self.content[first:]
        sent = rest[:1000] if self.breaks > 0 else rest
        self.breaks -= 1
        where = f"bytes {first}-{len(self.content) - 1}/{len(self.content)}"
        headers = {"ETag": self.etag, "Content-Length": str(len(rest)), "Connection": "close"}
        if first:
            headers["Content-Range"] = where
        return Response([sent], 206 if first else 200, headers)


def test_a_broken_download_goes_on_where_it_broke(ask, server, tmp_path: Path) -> None:
    """The ``ETag`` makes sure that both pieces are of the same content."""
    content = bytes(range(250)) * 40
    answer = Breaking(content, '"v1"')
    server.handle("GET", f"{BLOBS}/download/HEAD/a", answer)

    assert ask("download", "a", tmp_path / "a").read_bytes() == content
    assert answer.asked == [(None, None), ("bytes=1000-", '"v1"')]


@pytest.mark.parametrize("etag", ["", 'W/"v1"'])
def test_without_a_strong_etag_a_broken_download_begins_again(
    ask, server, tmp_path: Path, etag: str
) -> None:
    """Pieces of two versions are never put together."""
    content = bytes(range(250)) * 40
    answer = Breaking(content, etag)
    server.handle("GET", f"{BLOBS}/download/HEAD/a", answer)

    assert ask("download", "a", tmp_path / "a").read_bytes() == content
    assert answer.asked == [(None, None), (None, None)]


def test_a_download_that_always_breaks_is_an_error(ask, server, tmp_path: Path) -> None:
    """Half a file is not reported as done, and not left behind."""
    server.handle("GET", f"{BLOBS}/download/HEAD/a", Breaking(b"x" * 10_000, "", breaks=99))

    with pytest.raises(OutpostConnectionError, match="4 attempts"):
        ask("download", "a", tmp_path / "a")

    assert list(tmp_path.iterdir()) == []


def test_both_colours_have_the_same_methods() -> None:
    """And everything at any reference exists at one reference."""
    public = [
        {name for name in vars(kind) if not name.startswith("_")}
        for kind in (Repository, AsyncRepository, RepositoryAtRef, AsyncRepositoryAtRef)
    ]

    assert public[0] == public[1]
    assert public[2] == public[3] == public[0] - {"at"}


def test_they_say_what_they_are() -> None:
    """For people."""
    client: Any = None
    repository = Repository(client, "dataset", "aj-ya", "tone")

    assert repr(repository) == "Repository('dataset', 'aj-ya/tone')"
    assert repr(repository.at("main")) == "RepositoryAtRef('dataset', 'aj-ya/tone', ref='main')"
    assert json.dumps(repository.fullName) == '"aj-ya/tone"'
