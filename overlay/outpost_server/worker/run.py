"""One worker: load the template, serve it on a Unix socket, report what became of it."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import socket
import sys
from pathlib import Path
from traceback import format_exception
from typing import Any

import uvicorn

from outpost_server.worker.app import PredictionApp, build_app, is_news
from outpost_server.worker.logs import capture_logs
from outpost_server.worker.settings import WorkerSettings
from outpost_server.worker.template import TemplateError, load_template
from outpost_server.worker.template_module import MainModule

# Methods that a template may have for giving back what it holds, in the order they are looked for.
UNLOAD_METHODS = ("unload", "close")

UNLOADING = "outpost.unload"


class Report:
    """The socket to the server: one JSON object per line."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._fd = fd

    def send(self, event: str, **fields: Any) -> None:
        os.write(self._fd, json.dumps({"event": event, **fields}).encode() + b"\n")


class ReplicaServer(uvicorn.Server):
    """Reports when it answers requests, and unloads the template when it has answered the last."""

    def __init__(self, config: uvicorn.Config, report: Report, template: object) -> None:
        super().__init__(config)
        self._report = report
        self._template = template

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._report.send("ready")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        await unload(self._template)


async def unload(template: object) -> None:
    """Call the template's ``unload`` or ``close``. The server waits a few seconds, then kills."""
    methods = (getattr(template, name, None) for name in UNLOAD_METHODS)
    method = next((found for found in methods if callable(found)), None)
    if method is None:
        return
    try:
        if inspect.iscoroutinefunction(method):
            await method()
        else:
            await asyncio.to_thread(method)
    except Exception as error:
        traceback = "".join(format_exception(error)).rstrip("\n")
        report_error(UNLOADING, f"the template's {method.__name__} raised", traceback)


def run_worker(settings: WorkerSettings, channel: int, records: int) -> None:
    report = Report(channel)
    report.send("started", pid=os.getpid())
    os.set_inheritable(records, False)
    capture_logs(records, settings.pod_name)
    template_path = Path(settings.template_path)
    # Before any of the template runs: it may change the working directory, which the path is
    # relative to.
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(settings.socket)
    sys.modules["__main__"] = MainModule()
    try:
        template = load_template(template_path, settings.class_name)
        app = build_app(template, template_path)
    except TemplateError as error:
        report.send("failed", reason=error.reason, traceback=error.detail)
        # Threads that the template has started may never end by themselves.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1)
    serve(app, template, listener, settings.root_path, report)


def serve(
    app: PredictionApp,
    template: object,
    listener: socket.socket,
    root_path: str,
    report: Report,
) -> None:
    listener.listen(2048)
    config = uvicorn.Config(
        app,
        http=protocol_for(settings.server_pid),
        lifespan="off",
        log_config=None,
        access_log=False,
        # Longer than the router keeps an idle connection, which therefore never finds it closed.
        timeout_keep_alive=3600,
        timeout_graceful_shutdown=30,
        # The router strips it: with it the template sees the paths that its clients use.
        root_path=settings.root_path,
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )
    logging.getLogger("uvicorn.error").addFilter(is_news)
    ReplicaServer(config, report, template).run([listener])
