"""A model hub on loopback, to which the unmodified huggingface_hub speaks.

    python -m tests.models.hub FOLDER        # HF_ENDPOINT=http://127.0.0.1:PORT

``FOLDER/owner/name`` is a model at its branch ``main``; ``FOLDER/owner/name@v1`` is its branch or
tag ``v1``, and 40 hexadecimal digits after the ``@`` are a commit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

NAME = r"([^/]+(?:/[^/]+)?)"
COMMIT = re.compile(r"[0-9a-f]{40}")
#: Files of this size and those with these endings are answered by a redirect, as Git LFS does it.
LARGE_BYTES = 1_000_000
LARGE_ENDINGS = (".safetensors", ".bin", ".gguf", ".pt", ".h5", ".joblib", ".pkl", ".msgpack")
CHUNK_BYTES = 64 * 1024


@dataclass
class Repository:
    """A model: its commits, what its branches and tags point to, and who may have it.

    ``readers`` are the tokens that may read it where it is gated or private.
    """

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    is_gated: bool = False
    is_private: bool = False
    readers: set[str] = field(default_factory=set)

    def commit_of(self, revision: str) -> str | None:
        return self.refs.get(revision, revision if revision in self.commits else None)


@dataclass
class Faults:
    """What goes wrong from now on.

    ``silent`` accepts and never answers; ``status`` answers everything with it. Of large files
    ``bytes_per_s`` is how fast they go, ``cut_after`` and ``stall_after`` are how many bytes go
    before the connection is closed, or nothing more comes; ``says_bytes`` is the size they claim.
    """

    silent: bool = False
    status: int | None = None
    bytes_per_s: float | None = None
    cut_after: int | None = None
    stall_after: int | None = None
    says_bytes: int | None = None


class Hub:
    """The server, by a ``with`` statement.

    ``requests`` are those that came, as ``GET /path``; ``sent`` counts the bytes of large files by
    their path; ``strangers`` are tokens that another host than the hub's own was shown.
    """

    def __init__(self, port: int = 0) -> None:
        self.repositories: dict[str, Repository] = {}
        self.tokens: set[str] = set()
        self.faults = Faults()
        self.requests: list[str] = []
        self.sent: dict[str, int] = {}
        self.strangers: list[str] = []
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What HF_ENDPOINT is set to."""
        return f"http://127.0.0.1:{self.port}"

    def add(
        self, name: str, files: dict[str, bytes] | Path, *, revision: str = "main", **access: Any
    ) -> str:
        """Serve files as a commit of a model, and point ``revision`` to it; return the commit.

        A ``revision`` of 40 hexadecimal digits is that commit; ``main`` points to the first one.
        """
        if isinstance(files, Path):
            files = dict(_read(files))
        commit = revision
        if not COMMIT.fullmatch(revision):
            content = [(path, hashlib.sha1(files[path]).hexdigest()) for path in sorted(files)]
            commit = hashlib.sha1(json.dumps([name, content]).encode()).hexdigest()
        repository = self.repositories.setdefault(name, Repository())
        repository.commits[commit] = files
        if commit == revision:
            repository.refs.setdefault("main", commit)
        else:
            repository.refs[revision] = commit
        for attribute, value in access.items():
            setattr(repository, attribute, value)
        return commit

    def add_folder(self, root: Path) -> None:
        """Serve every model below a folder."""
        for folder in sorted(path for path in root.glob("*/*") if path.is_dir()):
            name, _, revision = folder.name.partition("@")
            self.add(f"{folder.parent.name}/{name}", folder, revision=revision or "main")

    def blob(self, digest: str) -> tuple[str, bytes] | None:
        """Return a large file and its path by the SHA-256 of its content."""
        for repository in self.repositories.values():
            for files in repository.commits.values():
                for path, content in files.items():
                    if hashlib.sha256(content).hexdigest() == digest:
                        return path, content
        return None

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Hub:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.hub
        path = urlsplit(self.path).path
        hub.requests.append(f"{self.command} {path}")
        if hub.faults.silent:
            hub.ended.wait(600)
            self.close_connection = True
            return
        with suppress(ConnectionError):
            try:
                if hub.faults.status is not None:
                    raise _Refused(hub.faults.status, "", "The hub is out of order")
                self._answer(path)
            except _Refused as refused:
                headers = {"X-Error-Message": str(refused)}
                if refused.code:
                    headers["X-Error-Code"] = refused.code
                self._json({"error": str(refused)}, refused.status, headers)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, path: str) -> None:
        for pattern, answer in (
            (r"/cdn/([0-9a-f]{64})", self._cdn),
            (rf"/api/models/{NAME}(?:/revision/([^/]+))?", self._info),
            (rf"/api/models/{NAME}/tree/([^/]+)", self._tree),
            (rf"/{NAME}/resolve/([^/]+)/(.+)", self._resolve),
        ):
            if found := re.fullmatch(pattern, path):
                return answer(*(unquote(part or "main") for part in found.groups()))
        raise _Refused(404, "", "There is nothing here")

    def _token(self) -> str | None:
        kind, _, token = (self.headers.get("authorization") or "").partition(" ")
        if kind.lower() != "bearer" or not token:
            return None
        known = self.hub.tokens.union(*(one.readers for one in self.hub.repositories.values()))
        if token not in known:
            raise _Refused(401, "", "Invalid credentials in Authorization header")
        return token

    def _commit(self, name: str, revision: str) -> tuple[Repository, str]:
        token = self._token()
        repository = self.hub.repositories.get(name)
        if repository is None or (repository.is_private and token not in repository.readers):
            # As the real one: who has no token is not told whether there is such a model.
            status = 401 if token is None else 404
            raise _Refused(status, "RepoNotFound", "Repository not found")
        commit = repository.commit_of(revision)
        if commit is None:
            raise _Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return repository, commit

    def _info(self, name: str, revision: str) -> None:
        repository, commit = self._commit(name, revision)
        files = repository.commits[commit]
        card = _card(files)
        self._json(
            {
                "_id": hashlib.sha1(name.encode()).hexdigest()[:24],
                "id": name,
                "modelId": name,
                "sha": commit,
                "private": repository.is_private,
                "gated": "auto" if repository.is_gated else False,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "createdAt": "2024-01-01T00:00:00.000Z",
                "siblings": [{"rfilename": path} for path in files],
                **card,
            }
        )

    def _tree(self, name: str, revision: str) -> None:
        repository, commit = self._commit(name, revision)
        entries: list[dict[str, Any]] = []
        for path, content in repository.commits[commit].items():
            entry = {"type": "file", "oid": _git_id(content), "size": len(content), "path": path}
            if _is_large(path, content):
                size = self._claimed(content)
                digest = hashlib.sha256(content).hexdigest()
                entry["lfs"] = {"oid": digest, "size": size, "pointerSize": 134}
                entry["size"] = size
            entries.append(entry)
        self._json(entries)

    def _resolve(self, name: str, revision: str, path: str) -> None:
        repository, commit = self._commit(name, revision)
        if repository.is_gated:
            token = self._token()
            if token not in repository.readers:
                status = 401 if token is None else 403
                raise _Refused(status, "GatedRepo", f"Access to model {name} is restricted")
        content = repository.commits[commit].get(path)
        if content is None:
            raise _Refused(404, "EntryNotFound", "Entry not found")
        headers = {"X-Repo-Commit": commit}
        if not _is_large(path, content):
            self._content(content, {**headers, "ETag": f'"{_git_id(content)}"'})
            return
        digest = hashlib.sha256(content).hexdigest()
        headers["X-Linked-Size"] = str(self._claimed(content))
        headers["X-Linked-Etag"] = f'"{digest}"'
        # Another name of this machine, as the real one answers with another host's address.
        headers["Location"] = f"http://localhost:{self.hub.port}/cdn/{digest}"
        self._content(b"", headers, status=302)

    def _cdn(self, digest: str) -> None:
        if shown := self.headers.get("authorization"):
            self.hub.strangers.append(shown)
        found = self.hub.blob(digest)
        if found is None:
            raise _Refused(404, "", "No such object")
        path, content = found
        start = 0
        headers = {"ETag": f'"{digest}"', "Accept-Ranges": "bytes"}
        if asked := re.fullmatch(r"bytes=(\d+)-", self.headers.get("range") or ""):
            start = int(asked[1])
            if start >= len(content):
                raise _Refused(416, "", "Requested range not satisfiable")
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._content(content[start:], headers, status=206 if start else 200, large=path)

    def _claimed(self, content: bytes) -> int:
        says = self.hub.faults.says_bytes
        return len(content) if says is None else says

    def _json(self, value: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        content = json.dumps(value).encode()
        self._content(content, {"Content-Type": "application/json", **(headers or {})}, status)

    def _content(
        self, content: bytes, headers: dict[str, str], status: int = 200, large: str = ""
    ) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if not large:
            self.wfile.write(content)
            return
        faults = self.hub.faults
        for start in range(0, len(content), CHUNK_BYTES):
            chunk = content[start : start + CHUNK_BYTES]
            if faults.cut_after is not None and start >= faults.cut_after:
                self.close_connection = True
                return
            if faults.stall_after is not None and start >= faults.stall_after:
                self.hub.ended.wait(600)
                self.close_connection = True
                return
            self.wfile.write(chunk)
            self.hub.sent[large] = self.hub.sent.get(large, 0) + len(chunk)
            if faults.bytes_per_s:
                time.sleep(len(chunk) / faults.bytes_per_s)


def _handler(hub: Hub) -> type[_Request]:
    return type("Request", (_Request,), {"hub": hub})


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _is_large(path: str, content: bytes) -> bool:
    return len(content) > LARGE_BYTES or path.endswith(LARGE_ENDINGS)


def _git_id(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _card(files: dict[str, bytes]) -> dict[str, str]:
    """Return what the hub reads from the head of a model card, and guesses where there is none."""
    head = re.match(
        r"---\n(.*?)\n---", files.get("README.md", b"").decode("utf-8", "replace"), re.S
    )
    lines = dict(re.findall(r"^(\w+): *(\S+)$", head[1], re.M)) if head else {}
    library = "transformers" if "config.json" in files else None
    found = {
        "pipeline_tag": lines.get("pipeline_tag"),
        "library_name": lines.get("library_name", library),
    }
    return {name: value for name, value in found.items() if value}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.models.hub")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with Hub(options.port) as hub:
        hub.add_folder(options.folder)
        print(f"HF_ENDPOINT={hub.url}", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
