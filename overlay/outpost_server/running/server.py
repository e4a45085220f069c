"""One run of the local Outpost, from taking the data folder to giving it back."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import uvicorn

from outpost_server.control_plane.accounts.removal import finish_removals
from outpost_server.control_plane.app import BASE_PATH, build_control_plane
from outpost_server.control_plane.call import Context
from outpost_server.dashboard.on_demand import DashboardOnDemand
from outpost_server.dashboard.plotting.traffic import Traffic
from outpost_server.engines import make_engine
from outpost_server.engines.engine import Engine, Premises
from outpost_server.keeping.data_folder import DataFolder, FolderInUse, FolderUnusable, ServerState
from outpost_server.keeping.log_pages import LogPages
from outpost_server.keeping.logbook import Logbook
from outpost_server.keeping.process_identity import ProcessIdentity
from outpost_server.keeping.removing import remove
from outpost_server.keeping.store.database import StoreError
from outpost_server.keeping.store.store import Store
from outpost_server.router.access_log import AccessLog
from outpost_server.router.app import Router
from outpost_server.rules.gpus import find_gpus
from outpost_server.rules.settings import ServerSettings, SettingsError
from outpost_server.running.accounts import prepare_accounts
from outpost_server.running.descriptors import backlog, client_share, raise_descriptor_limit
from outpost_server.running.health import Health, is_nearly_full
from outpost_server.running.heap import hold_little_memory
from outpost_server.running.http_app import HttpApp
from outpost_server.running.metrics import Metrics
from outpost_server.running.patience import PatientProtocol
from outpost_server.running.proxies import BehindProxies
from outpost_server.serving.fleet import Fleet
from outpost_server.serving.gpus import GpuPool
from outpost_server.worker.confinement import identity

_log = logging.getLogger("outpost.server")


class StartupError(Exception):
    """The server cannot start; the message says why and what to do."""


# What run() and ServerSettings() raise when the server cannot start. Each message says what to do.
REFUSALS = (FolderInUse, FolderUnusable, SettingsError, StartupError, StoreError)


def run(
    settings: ServerSettings,
    *,
    lifeline: int | None = None,
    on_ready: Callable[[ServerState], None] = lambda state: None,
) -> None:
    """Serve until a signal comes, or until the other end of the pipe ``lifeline`` is closed.

    ``on_ready`` is called once, when the server answers.

    Raises:
        StartupError: the port cannot be had, or the isolation that is required.
        FolderInUse: another server runs on the data folder.
        FolderUnusable: the data folder cannot be made or written.
        StoreError: the data in it cannot be used.
    """
    hold_little_memory()
    if sys.platform == "linux":
        identity.set_dumpable(False)
    folder = DataFolder(settings.data_folder)
    folder.prepare()
    lock = folder.lock()
    try:
        listener = _listen(settings, folder)
        gpus = find_gpus(settings.gpus)
        # Before there are threads: the store has one.
        engine = _engine(settings, folder, has_gpus=bool(gpus))
        store = Store(folder.store, folder.key)
        try:
            _serve(settings, folder, store, engine, GpuPool(gpus), listener, lifeline, on_ready)
        finally:
            store.close()
            listener.close()
            folder.state.unlink(missing_ok=True)
    finally:
        if settings.is_temporary:
            remove(folder.root)
        os.close(lock)


#: Requests under way have 5 of these seconds, replicas 2. Replicas end with their server, whatever.
END_TIMEOUT_S = 12.0


class ApiServer(uvicorn.Server):
    """Says when it answers, and leaves signals to :meth:`end_with_signals`."""

    def __init__(self, config: uvicorn.Config, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_started()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The original raises each signal again when it has ended, which would end this process
        # before its replicas have ended.
        yield

    def end_with_signals(self) -> None:
        """End properly with the first signal, also one that comes before anything is served."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end)

    def _end(self) -> None:
        self.force_exit = self.should_exit
        self.end()

    def end(self) -> None:
        """End properly, and for certain: what hangs is written to the log, and ends too."""
        self.should_exit = True
        faulthandler.dump_traceback_later(END_TIMEOUT_S, exit=True)


def _listen(settings: ServerSettings, folder: DataFolder) -> socket.socket:
    """Listen on the port that was asked for; if none was, on that of the last run or any other."""
    ports = [settings.port] if settings.port else [folder.read_port(), 0]
    failure = None
    for port in ports:
        listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, port))
            listener.listen(2048)
            return listener
        except OSError as error:
            listener.close()
            failure = error.strerror
    where = f"{settings.host}:{ports[-1]}"
    raise StartupError(f"cannot listen on {where}: {failure}. Choose another host or port.")


def _engine(settings: ServerSettings, folder: DataFolder, *, has_gpus: bool) -> Engine:
    premises = Premises(
        folder.root,
        settings.allow_system_packages,
        environments=settings.environments or folder.root / "environments",
        has_gpus=has_gpus,
        is_isolating=settings.isolation != "off",
        passed_variables=settings.passed_variables,
        readable_folders=settings.readable_folders,
        writable_folders=settings.writable_folders,
    )
    engine = make_engine(settings.engine, premises)
    if engine.exposure is not None:
        if settings.isolation == "required":
            raise StartupError(f"{engine.exposure} Without --isolation required it starts.")
        _log.warning("%s", engine.exposure)
    return engine


def _serve(
    settings: ServerSettings,
    folder: DataFolder,
    store: Store,
    engine: Engine,
    gpus: GpuPool,
    listener: socket.socket,
    lifeline: int | None,
    on_ready: Callable[[ServerState], None],
) -> None:
    logbook = Logbook(folder.logs)
    fleet = Fleet(store, engine, logbook, folder, settings, gpus)
    host, port = listener.getsockname()[:2]
    domain = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    context = Context(settings, folder, store, fleet, LogPages(store, logbook), domain)
    traffic = Traffic(fleet)
    router = Router(fleet, store, (AccessLog(logbook.access_path).write, traffic.note))
    app = HttpApp(
        build_control_plane(context),
        router,
        Metrics(fleet, store),
        Health(store, fleet, folder.root),
        lambda server: DashboardOnDemand(
            server,
            traffic,
            engine.exposure,
            lambda token: store.users.by_token(token) is not None,
        ),
    )
    limit = raise_descriptor_limit()
    PatientProtocol.max_taken = client_share(limit)
    config = uvicorn.Config(
        BehindProxies(app, settings.trusted_proxies) if settings.trusted_proxies else app,
        http=PatientProtocol,
        # Only the server needs the library for it, and no other command.
        ws="outpost_server.running.patient_websocket:PatientWebSocket",
        backlog=backlog(limit),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )

    def started() -> None:
        state = _state(settings, domain, engine.exposure)
        folder.write_port(port)
        folder.write_state(state)
        on_ready(state)

    async def serve() -> None:
        server = ApiServer(config, started)
        server.end_with_signals()
        watch = asyncio.create_task(_follow_lifeline(server, lifeline))
        await prepare_accounts(settings, folder, store)
        try:
            await fleet.open()
            if is_nearly_full(folder.root):
                _log.warning("the disk of %s is full: delete endpoints, or make room", folder.root)
            await finish_removals(store, fleet)
            await server.serve([listener])
        finally:
            watch.cancel()
            await fleet.close()

    try:
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(serve())
    finally:
        faulthandler.cancel_dump_traceback_later()


def _state(settings: ServerSettings, domain: str, exposure: str | None) -> ServerState:
    process = ProcessIdentity.of(os.getpid())
    assert process is not None
    base_url = f"http://{domain}{BASE_PATH}"
    return ServerState(process.pid, process.started, base_url, settings.entity, exposure)


async def _follow_lifeline(server: ApiServer, lifeline: int | None) -> None:
    if lifeline is None:
        return
    reader = asyncio.StreamReader()
    with contextlib.suppress(ConnectionError):
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(lifeline, "rb", buffering=0)
        )
        await reader.read()
    _log.info("the process that started this server has ended or asks it to end")
    server.end()
