"""A small Git LFS server that keeps real bytes, and misbehaves when a test says so."""

import hashlib
import json
import logging
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union
from urllib.parse import urlsplit

import anyio
import pytest

from outpostkit import RetryPolicy
from outpostkit.repository.lfs.client import AsyncLfsClient, LfsClient
from outpostkit.repository.lfs.transfer import (
    AsyncBasicTransferAdapter,
    AsyncMultipartTransferAdapter,
    BasicTransferAdapter,
    MultipartTransferAdapter,
)

#: What makes every address of the storage as good as a password.
SIGNATURE = "c2lnbmVkLWFkZHJlc3M"
PATH_SECRET = "cGF0aC10aGF0LWlzLXNpZ25lZA"
ACTION_SECRET = "only-for-the-storage"
TOKEN = "op_secret-token/1"
REPOSITORY = ("aj-ya", "model", "support-tone-gpt2")


@dataclass
class Cut:
    """Break the connection after so many bytes of the body."""

    after: int


@dataclass
class Seen:
    """A request that the server got."""

    action: str
    method: str
    path: str
    headers: Dict[str, str]
    body: bytes


#: A status to answer, "reset" to break the connection before an answer, "hang" not to answer while
#: the test goes on, or a cut.
Fault = Union[int, str, Cut]


@dataclass
class LfsServer:
    """A server with one repository; its fields say how it behaves."""

    #: Stored content by SHA-256.
    objects: Dict[str, bytes] = field(default_factory=dict)
    #: "basic", "multipart-basic", or None to leave ``transfer`` out of the answer.
    transfer: Optional[str] = "basic"
    #: Of multipart-basic: "part", "parts" (older servers) or "agent" (of git-lfs).
    form: str = "part"
    part_size: int = 1000
    #: Numbers of parts that are there already.
    done_parts: List[int] = field(default_factory=list)
    #: What is answered for single objects, instead of actions.
    errors: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    #: How the next requests of an action fail, by the name of the action.
    faults: Dict[str, List[Fault]] = field(default_factory=dict)
    #: More keys of the next answers to batches.
    batch_changes: Dict[str, Any] = field(default_factory=dict)
    honours_ranges: bool = True
    gives_etags: bool = True
    want_digest: Optional[str] = "contentMD5"
    seen: List[Seen] = field(default_factory=list)
    parts: Dict[int, bytes] = field(default_factory=dict)
    #: Content that is sent instead of what is stored, once per entry.
    wrong: List[bytes] = field(default_factory=list)
    url: str = ""
    #: Until then, what hangs hangs.
    over: threading.Event = field(default_factory=threading.Event)

    cut = Cut

    def keep(self, content: bytes) -> str:
        """Store an object; return its SHA-256."""
        oid = hashlib.sha256(content).hexdigest()
        self.objects[oid] = content
        return oid

    @property
    def actions(self) -> List[str]:
        """The names of the actions that were asked for, in order."""
        return [each.action for each in self.seen]

    def requests(self, action: str) -> List[Seen]:
        """The requests of one action."""
        return [each for each in self.seen if each.action == action]

    def batch(self, request: Dict[str, Any]) -> Dict[str, Any]:
        """The answer to a batch."""
        objects = [self._object(request["operation"], each) for each in request["objects"]]
        answer = {"transfer": self.transfer, "objects": objects, **self.batch_changes}
        return {name: value for name, value in answer.items() if value is not None}

    def _object(self, operation: str, wanted: Dict[str, Any]) -> Dict[str, Any]:
        oid, size = wanted["oid"], wanted["size"]
        known: Dict[str, Any] = {"oid": oid, "size": size}
        if oid in self.errors:
            return {**known, "error": self.errors[oid]}
        if operation == "download":
            if oid not in self.objects:
                return {**known, "error": {"code": 404, "message": "The object does not exist."}}
            return {**known, "actions": {"download": self._action("download", oid)}}
        if oid in self.objects:
            return known
        if self.transfer != "multipart-basic":
            actions = {"upload": self._action("upload", oid), "verify": self._action("verify")}
            return {**known, "actions": actions}
        return {**known, "actions": self._multipart(oid, size)}

    def _multipart(self, oid: str, size: int) -> Dict[str, Any]:
        self.size = size
        count = max(1, -(-size // self.part_size))
        if self.form == "agent":
            header = {f"part_{n}": self._action(f"part{n}")["href"] for n in range(1, count + 1)}
            header.update(
                storage_provider="s3",
                chunk_size=str(self.part_size),
                abort_url=self._action("abort")["href"],
            )
            return {"upload": {"href": self._action("complete", oid)["href"], "header": header}}
        parts = [self._part(number, count) for number in range(1, count + 1)]
        actions = {name: self._action(name, oid) for name in ("init", "commit", "abort", "verify")}
        actions["abort"]["method"] = "DELETE"
        return {
            **actions,
            **({"part": {"parts": parts}} if self.form == "part" else {"parts": parts}),
        }

    def _part(self, number: int, count: int) -> Dict[str, Any]:
        pos = (number - 1) * self.part_size
        part: Dict[str, Any] = {**self._action(f"part{number}"), "pos": pos}
        if number < count:
            part["size"] = self.part_size
        if self.want_digest:
            part["want_digest"] = self.want_digest
        if number in self.done_parts:
            part["href"] = None
            part["etag"] = f'"tag-{number}"'
        return part

    def _action(self, name: str, oid: str = "") -> Dict[str, Any]:
        return {
            "href": f"{self.url}/{name}/{PATH_SECRET}/{oid}?signature={SIGNATURE}",
            "header": {"X-Storage-Key": ACTION_SECRET},
            "expires_in": 3600,
        }

    def answer(self, seen: Seen) -> Tuple[int, Dict[str, str], bytes]:
        """The answer to a request that is not to fail."""
        if seen.action == "batch":
            return (
                200,
                {"Content-Type": "application/vnd.git-lfs+json"},
                _json(self.batch(json.loads(seen.body))),
            )
        oid = urlsplit(seen.path).path.rpartition("/")[2]
        if seen.action == "upload":
            self.objects[oid] = seen.body
            return 200, {}, b""
        if seen.action.startswith("part"):
            number = int(seen.action[4:])
            self.parts[number] = seen.body
            return 200, {"ETag": f'"tag-{number}"'} if self.gives_etags else {}, b""
        if seen.action in ("commit", "complete"):
            self.objects[oid] = b"".join(self.parts[number] for number in sorted(self.parts))
            return 200, {}, b""
        if seen.action == "verify":
            claimed = json.loads(seen.body)
            content = self.objects.get(claimed["oid"], b"")
            is_right = hashlib.sha256(content).hexdigest() == claimed["oid"]
            return (200 if is_right and len(content) == claimed["size"] else 422), {}, b""
        if seen.action == "download":
            return self._content(oid, seen.headers.get("range"))
        return 200, {}, b""

    def _content(self, oid: str, wanted: Optional[str]) -> Tuple[int, Dict[str, str], bytes]:
        content = self.wrong.pop(0) if self.wrong else self.objects[oid]
        if wanted is None or not self.honours_ranges:
            return 200, {}, content
        first = int(wanted[len("bytes=") : -1])
        if first >= len(content):
            return 416, {}, b""
        where = f"bytes {first}-{len(content) - 1}/{len(content)}"
        return 206, {"Content-Range": where}, content[first:]


def serve(server: LfsServer) -> ThreadingHTTPServer:
    """Begin to serve; the caller ends it with ``shutdown`` and ``server_close``."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def _handle(self) -> None:
            path = urlsplit(self.path).path
            action = "batch" if path.endswith("/objects/batch") else path.split("/")[1]
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(action, self.command, self.path, headers, body)
            server.seen.append(seen)
            faults = server.faults.get(action, [])
            fault = faults.pop(0) if faults else None
            if fault == "hang":
                server.over.wait(60)
            if fault in ("reset", "hang"):
                self.close_connection = True
                return
            if isinstance(fault, int):
                key = headers.get("authorization") or headers.get("x-storage-key")
                quoted = f"refused {self.path} {key}"
                answer = fault, {"Content-Type": "application/json"}, _json({"message": quoted})
            else:
                answer = server.answer(seen)
            self._send(*answer, fault.after if isinstance(fault, Cut) else None)

        def _send(
            self, status: int, headers: Dict[str, str], body: bytes, cut: Optional[int]
        ) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:cut])
            if cut is not None:
                self.close_connection = True

        do_GET = do_PUT = do_POST = do_DELETE = _handle

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True).start()
    return http


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.fixture
def lfs() -> Iterator[LfsServer]:
    """A Git LFS server without objects."""
    server = LfsServer()
    http = serve(server)
    yield server
    server.over.set()
    http.shutdown()
    http.server_close()


class Transfers:
    """LFS clients and adapters in one colour, and a way to make one call in that colour."""

    def __init__(self, is_async: bool, server: LfsServer) -> None:
        self.is_async = is_async
        self._server = server

    def do(self, job: Callable[[Any], Any], **options: Any) -> Any:
        """Make a client, let ``job`` call it, and return (or raise) what the call gives."""
        options.setdefault("retry", RetryPolicy(initial_delay=0.001, max_delay=0.002))
        options.setdefault("auth_token", TOKEN)
        if not self.is_async:
            with LfsClient(self._server.url, **options) as client:
                return job(client)

        async def main() -> Any:
            async with AsyncLfsClient(self._server.url, **options) as client:
                return await job(client)

        return anyio.run(main)

    def upload(self, file: Any, on_progress: Any = None, **options: Any) -> Any:
        """Upload to the repository."""
        return self.do(lambda client: client.upload(file, *REPOSITORY, on_progress), **options)

    def download(
        self, to: Any, oid: str, size: int, on_progress: Any = None, **options: Any
    ) -> Any:
        """Download from the repository."""
        return self.do(
            lambda client: client.download(to, oid, size, *REPOSITORY, on_progress), **options
        )

    def adapter(self, transfer: str) -> Any:
        """An adapter that is used without a client; what it gives may have to be awaited."""
        if self.is_async:
            kinds: Any = (AsyncBasicTransferAdapter, AsyncMultipartTransferAdapter)
        else:
            kinds = (BasicTransferAdapter, MultipartTransferAdapter)
        return kinds[transfer == "multipart-basic"]()

    def result(self, call: Callable[[], Any]) -> Any:
        """Make a call of an adapter."""
        if not self.is_async:
            return call()

        async def main() -> Any:
            return await call()

        return anyio.run(main)


@pytest.fixture(params=["blocking", "async"])
def transfers(request: pytest.FixtureRequest, lfs: LfsServer) -> Transfers:
    """Both colours: a test that uses it runs twice."""
    return Transfers(request.param == "async", lfs)


@pytest.fixture(autouse=True)
def logs_hold_no_secret(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """After every test of this folder: no log of any library has a token or a signed address."""
    caplog.set_level(logging.DEBUG)
    yield
    texts = [record.getMessage() for record in caplog.get_records("call")]
    for secret in (SIGNATURE, PATH_SECRET, ACTION_SECRET, TOKEN):
        assert not [text for text in texts if secret in text]
