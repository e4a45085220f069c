"""A local Outpost for as long as a Python program needs it."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from outpost_server.engines import DEFAULT_ENGINE
from outpost_server.keeping.data_folder import DataFolder, ServerState
from outpost_server.keeping.removing import remove
from outpost_server.rules.settings import (
    DEFAULT_ENTITY,
    DEFAULT_HOST,
    DEFAULT_KEEP_DEPLOYMENTS,
    DEFAULT_KEEP_LOGS_MB,
    DEFAULT_MODEL_CACHE_GB,
    ISOLATION,
    ServerSettings,
)
from outpost_server.running.server_process import LocalOutpostError, end_process, start_server

TEMPORARY_PREFIX = "outpost-"


class LocalOutpost:
    """A local Outpost in a child process, by a ``with`` statement or by :meth:`start`.

        with LocalOutpost() as outpost:
            client = Client(api_token=outpost.api_token, base_url=outpost.base_url)

    It ends with this program, however this program ends, and leaves no process, port or folder.

    Args:
        data_folder: where it keeps everything; kept afterwards. Without one it uses a temporary
            folder, which is removed when it ends.
        host: the address to listen on.
        port: the port to listen on; 0 takes any free one.
        entity: the name of its user, which owns the endpoints.
        teams: names of teams that exist from the start on; the user owns them.
        start_timeout_s: seconds that a prediction template may take to load.
        queue_timeout_s: seconds that a request may wait for an endpoint to wake.
        queue_limit: how many requests may wait for one endpoint to wake.
        token_file: a file with the token of the user; required where ``host`` lets others reach it.
        rate_limit: how many calls of the API each user may make in a minute; 0 any number.
        trusted_proxies: addresses and networks of proxies whose ``X-Forwarded-For`` and
            ``X-Forwarded-Proto`` are believed.
        allow_system_packages: install the ``system_dependencies`` of templates with apt-get, which
            needs root.
        engine: the name of what runs the replicas; ``process`` runs each in a process of its own.
        hardware_file: a TOML or JSON file with more hardware that endpoints can ask for.
        gpus: how many GPUs there are for replicas; those of the machine when left out.
        environments: a folder for the packages of containers and templates, which servers can
            share; one in the data folder when left out.
        model_folders: folders below which every user may name models to serve; the server's own
            user may name any.
        keep_deployments: concluded deployments of each endpoint that are kept beside the one that
            serves.
        keep_logs_mb: MiB of logs that are kept of each endpoint's deployments that serve no more.
        model_cache_gb: gigabytes that models of the hub may take. They lie in the data folder, or
            where ``HF_HOME`` or ``HF_HUB_CACHE`` says.
        isolation: ``auto`` keeps replicas from what is not theirs as far as this machine can,
            ``required`` does not start where users would not be protected from each other, and
            ``off`` leaves replicas all that this user may do.
        passed_variables: names of variables of this program's environment that replicas and builds
            have, too.
        readable_folders: folders that all replicas and builds may read.
        writable_folders: folders that all replicas and builds may write.
        requirement_folders: folders below which every user may name packages in
            ``python_requirements``; the server's own user may name any path.
        allow_index_options: let ``python_requirements`` have pip's options of package indexes, such
            as ``--extra-index-url ADDRESS``.

    Raises:
        SettingsError: an argument has an impossible value, or a folder that all may use or name
            things in is the data folder, contains it or lies in it.
    """

    def __init__(
        self,
        *,
        data_folder: str | os.PathLike[str] | None = None,
        host: str = DEFAULT_HOST,
        port: int = 0,
        entity: str = DEFAULT_ENTITY,
        teams: Sequence[str] = (),
        start_timeout_s: float = 600.0,
        queue_timeout_s: float = 300.0,
        queue_limit: int = 1000,
        token_file: str | os.PathLike[str] | None = None,
        rate_limit: int = 0,
        trusted_proxies: Sequence[str] = (),
        allow_system_packages: bool = False,
        engine: str = DEFAULT_ENGINE,
        hardware_file: str | os.PathLike[str] | None = None,
        gpus: int | None = None,
        environments: str | os.PathLike[str] | None = None,
        model_folders: Sequence[str | os.PathLike[str]] = (),
        model_cache_gb: float = DEFAULT_MODEL_CACHE_GB,
        keep_deployments: int = DEFAULT_KEEP_DEPLOYMENTS,
        keep_logs_mb: float = DEFAULT_KEEP_LOGS_MB,
        isolation: str = ISOLATION[0],
        passed_variables: Sequence[str] = (),
        readable_folders: Sequence[str | os.PathLike[str]] = (),
        writable_folders: Sequence[str | os.PathLike[str]] = (),
        requirement_folders: Sequence[str | os.PathLike[str]] = (),
        allow_index_options: bool = False,
    ) -> None:
        # Checked here, so that a wrong argument is an error of the line that has it. A temporary
        # folder has its name when it is made, and what may not hold it is known already.
        temporary = Path(tempfile.gettempdir(), f"{TEMPORARY_PREFIX}...")
        self._settings = ServerSettings(
            data_folder=Path(data_folder or temporary),
            host=host,
            port=port,
            entity=entity,
            teams=tuple(teams),
            start_timeout_s=start_timeout_s,
            queue_timeout_s=queue_timeout_s,
            queue_limit=queue_limit,
            token_file=None if token_file is None else Path(token_file),
            rate_limit=rate_limit,
            trusted_proxies=tuple(trusted_proxies),
            allow_system_packages=allow_system_packages,
            engine=engine,
            hardware_file=None if hardware_file is None else Path(hardware_file),
            gpus=gpus,
            environments=None if environments is None else Path(environments),
            model_folders=tuple(Path(folder) for folder in model_folders),
            model_cache_gb=model_cache_gb,
            keep_deployments=keep_deployments,
            keep_logs_mb=keep_logs_mb,
            isolation=isolation,
            passed_variables=tuple(passed_variables),
            readable_folders=tuple(Path(folder) for folder in readable_folders),
            writable_folders=tuple(Path(folder) for folder in writable_folders),
            requirement_folders=tuple(Path(folder) for folder in requirement_folders),
            allow_index_options=allow_index_options,
            is_temporary=data_folder is None,
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._lifeline = -1
        self._state: ServerState | None = None
        self._api_token = ""
        self._folder: DataFolder | None = None

    def __repr__(self) -> str:
        where = "not running" if self._state is None else self._state.base_url
        return f"<LocalOutpost {where}>"

    @property
    def entity(self) -> str:
        """The name of the user: the ``entity`` of its endpoints."""
        return self._settings.entity

    @property
    def base_url(self) -> str:
        """The address of the API, such as ``http://127.0.0.1:41234/v1``."""
        return self._running().base_url

    @property
    def api_token(self) -> str:
        """The token of the user."""
        self._running()
        return self._api_token

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._running().pid

    @property
    def data_folder(self) -> Path:
        """The folder in use; while a server with a temporary folder runs, that folder."""
        self._running()
        assert self._folder is not None
        return self._folder.root

    @property
    def env(self) -> dict[str, str]:
        """The environment variables with which clients find this server."""
        return {"OUTPOST_API_TOKEN": self.api_token, "OUTPOST_BASE_URL": self.base_url}

    def start(self) -> LocalOutpost:
        """Start the server and return when it answers.

        Raises:
            LocalOutpostError: it runs already, or it did not start; the message says why.
        """
        if self._process is not None:
            raise LocalOutpostError("this local Outpost has been started already.")
        settings = self._settings
        if settings.is_temporary:
            root = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX))
            settings = dataclasses.replace(settings, data_folder=root)
        self._folder = DataFolder(settings.data_folder)
        lifeline_end, self._lifeline = os.pipe()
        try:
            self._process = start_server(settings, lifeline=lifeline_end)
            self._state = self._folder.read_state()
            self._api_token = self._folder.read_token() or ""
        except BaseException:
            self.stop()
            raise
        finally:
            os.close(lifeline_end)
        return self

    def stop(self) -> None:
        """End the server with everything it started. Does nothing when it does not run."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1
        if self._process is not None:
            end_process(self._process)
        self._process = self._state = None
        self._api_token = ""
        if self._settings.is_temporary and self._folder is not None:
            # The server has removed it, unless it was killed.
            remove(self._folder.root)
        self._folder = None

    def __enter__(self) -> LocalOutpost:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> ServerState:
        if self._state is None:
            raise LocalOutpostError(
                "the local Outpost does not run: call start(), or use it in a with statement."
            )
        return self._state
