"""One worker: load the template, serve it on a Unix socket, report what became of it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

import uvicorn

from outpost_server.worker.app import PredictionApp, build_app, is_news
from outpost_server.worker.confinement.peers import protocol_for
from outpost_server.worker.descendants import let_signals_end_forks
from outpost_server.worker.errors import HINTS, TemplateError, describe, own_traceback
from outpost_server.worker.guarding.forks import FORKS
from outpost_server.worker.guarding.loop import run_for_good
from outpost_server.worker.guarding.printing import end_process, renew_standard_streams
from outpost_server.worker.lifecycle import LOGGER, set_up, unload
from outpost_server.worker.loading.module import MainModule
from outpost_server.worker.loading.template import load_template
from outpost_server.worker.logs import OWN_LOG, capture_logs
from outpost_server.worker.settings import WorkerSettings

# As long as the server waits for requests that are being answered.
FINISHING_S = 60


class Report:
    """The socket to the server: one JSON object per line."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._fd = fd

    def send(self, event: str, **fields: Any) -> None:
        os.write(self._fd, json.dumps({"event": event, **fields}).encode() + b"\n")


class ReplicaServer(uvicorn.Server):
    """Serves one template: sets it up, reports when it is ready, and unloads it at the end.

    What needs an event loop has the one that requests are answered on.
    """

    def __init__(
        self, config: uvicorn.Config, report: Report, template: object, template_path: Path
    ) -> None:
        super().__init__(config)
        self._report = report
        self._template = template
        self._template_path = template_path

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        def tell(error: BaseException) -> None:
            told = (
                f"A task or callback of the template raised {describe(error)}. The replica goes on."
            )
            OWN_LOG.error(LOGGER, told, own_traceback(error, self._template_path))

        with asyncio.Runner(loop_factory=self.config.get_loop_factory()) as runner:
            run_for_good(runner, self.serve(sockets), tell)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        FORKS.serve(self.server_state.connections)
        try:
            with FORKS:
                await set_up(self._template, self._template_path)
        except TemplateError as error:
            fail(self._report, error)
        await super().startup(sockets)
        if self.started:
            self._report.send("ready")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Returns when the last answer and the last background task have ended.
        await super().shutdown(sockets)
        self._report.send("finished")
        await unload(self._template, self._template_path)


def fail(report: Report, error: TemplateError) -> NoReturn:
    """Tell why the template cannot be served, and end."""
    report.send("failed", reason=error.reason, traceback=error.detail)
    end_process(1)


def run_worker(settings: WorkerSettings, channel: int, listener: int, records: int) -> None:
    report = Report(channel)
    os.set_inheritable(listener, False)
    os.set_inheritable(records, False)
    renew_standard_streams()
    capture_logs(records, settings.pod_name)
    requests = socket.socket(fileno=listener)
    FORKS.watch(requests)
    template_path = Path(settings.template_path)
    root = Path(settings.template_root or template_path.parent)
    HINTS.confinement, HINTS.limits = settings.confinement, settings.limits
    HINTS.template, HINTS.root = template_path, root
    sys.modules["__main__"] = MainModule()
    try:
        with FORKS:
            template = load_template(template_path, settings.class_name, root)
            app = build_app(template, template_path)
    except TemplateError as error:
        fail(report, error)
    serve(app, template, requests, settings, report)


def serve(
    app: PredictionApp,
    template: object,
    listener: socket.socket,
    settings: WorkerSettings,
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
        timeout_graceful_shutdown=FINISHING_S,
        # The router strips it: with it the template sees the paths that its clients use.
        root_path=settings.root_path,
        server_header=False,
        date_header=False,
        proxy_headers=False,
    )
    logging.getLogger("uvicorn.error").addFilter(is_news)
    server = ReplicaServer(config, report, template, Path(settings.template_path))
    let_signals_end_forks(server)
    server.run([listener])
