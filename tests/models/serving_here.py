"""Serving a model within this process, without a server: quick, and errors have their traceback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from outpost_server.tasks import TASKS, ModelFacts, generate_template
from outpost_server.worker.app import build_app
from outpost_server.worker.loading.template import load_template

LARGEST_DOCUMENT = 1_000_000


def facts_of(folder: Path) -> ModelFacts:
    """Return what the files of a folder say, as the server reads them."""
    files = {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    documents = {
        name: json.loads((folder / name).read_text(encoding="utf-8"))
        for name, size in files.items()
        if name.endswith(".json") and size < LARGEST_DOCUMENT
    }
    return ModelFacts(str(folder), None, files, documents)


@contextmanager
def served(
    folder: Path, task: str, written: Path, config: Mapping[str, Any] | None = None
) -> Iterator[TestClient]:
    """Generate the template of a model into ``written``, load it, and give a client of it."""
    template = generate_template(facts_of(folder), TASKS[task], config or {})
    source = written / "template.py"
    source.write_bytes(template.source)
    app = build_app(load_template(source, template.class_name), source)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@contextmanager
def served_over_http(client: TestClient) -> Iterator[str]:
    """Give the address of what a client of :func:`served` asks, for clients of other makers."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(client.app, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
