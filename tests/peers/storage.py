"""A store for the parts of large files, as the addresses that Outpost signs lead to one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Storage(ThreadingHTTPServer):
    """Keeps what is PUT; a POST to ``/complete`` joins it, a DELETE gives it up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.parts: dict[str, bytes] = {}
        self.whole: bytes | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Storage

    def do_PUT(self) -> None:
        content = self._content()
        self.server.parts[self.path] = content
        self._answer(ETag=f'"{hashlib.md5(content).hexdigest()}"')

    def do_POST(self) -> None:
        said = self._content().decode()
        parts = [content for _, content in sorted(self.server.parts.items())]
        if all(hashlib.md5(part).hexdigest() in said for part in parts):
            self.server.whole = b"".join(parts)
        self._answer(200 if self.server.whole is not None else 400)

    def do_DELETE(self) -> None:
        self.server.parts.clear()
        self._answer()

    def _content(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _answer(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "0"}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def storage() -> Iterator[Storage]:
    """Serve an empty store within the block."""
    with Storage() as server:
        serving = Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()
