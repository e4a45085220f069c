"""Importing libraries once, in the process from which replicas are forked."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

# OpenBLAS reads it when it is loaded, and starts threads at once unless it is 1. Workers set how
# many they use, see outpost_server.worker.resources.processors.
BLAS_THREADS = "OPENBLAS_NUM_THREADS"


def preload() -> None:
    """Import what every worker needs. None of it starts a thread, which a fork would lose."""
    import encodings.idna  # noqa: F401

    import fastapi.openapi.utils  # noqa: F401
    import python_multipart  # noqa: F401
    import uvicorn.lifespan.off
    import uvicorn.loops.auto
    import uvicorn.protocols.http.auto
    import uvicorn.protocols.websockets.auto  # noqa: F401

    import outpost_server.worker.resources.processors
    import outpost_server.worker.run  # noqa: F401

    asyncio.run(_rehearse())


async def _rehearse() -> None:
    """Serve one request, as FastAPI, anyio and uvicorn import much of what they use only then.

    Not with ``def predict``, which is called in a thread.
    """
    from anyio.to_thread import current_default_thread_limiter
    from uvicorn import Config

    from outpost_server.worker.app import build_app
    from outpost_server.worker.routes import PREDICTION_PATH

    class Rehearsal:
        async def predict(self) -> None: ...

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: object) -> None: ...

    app = build_app(Rehearsal(), Path(__file__))
    request = {"method": "POST", "path": PREDICTION_PATH, "query_string": b"", "headers": []}
    await app({"type": "http", **request}, receive, send)
    current_default_thread_limiter()
    Config(app, log_config=None).get_loop_factory()


def import_early(names: Sequence[str]) -> None:
    """Import modules that may be missing: a template that needs one then says so itself."""
    before = os.environ.get(BLAS_THREADS)
    os.environ[BLAS_THREADS] = "1"
    for name in names:
        try:
            import_module(name)
        except Exception as error:
            print(f"cannot import {name} early: {type(error).__name__}: {error}", file=sys.stderr)
    if before is None:
        del os.environ[BLAS_THREADS]
    else:
        os.environ[BLAS_THREADS] = before


def warn_of_threads(names: Sequence[str]) -> None:
    """Say when the imported modules have left threads, which a fork does not have."""
    with suppress(OSError):
        threads = os.listdir("/proc/self/task")
        if len(threads) > 1:
            message = f"replicas lack {len(threads) - 1} threads that imports started: {names}"
            print(message, file=sys.stderr)


@contextmanager
def ending_with(control: socket.socket) -> Iterator[None]:
    """End this process when the other end of ``control`` is closed, also within an import.

    Afterwards there is one thread again, as a fork needs it.
    """
    done, finish = os.pipe()

    def watch() -> None:
        poll = select.poll()
        poll.register(control.fileno(), 0)  # only that it hangs up, which is always told
        poll.register(done, select.POLLIN)
        if not any(fd == done for fd, _ in poll.poll()):
            os._exit(0)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        os.write(finish, b"1")
        thread.join()
        os.close(done)
        os.close(finish)
