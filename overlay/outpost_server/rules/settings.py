"""What one run of the server was told."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network
from pathlib import Path

from outpost_server.engines import DEFAULT_ENGINE, ENGINE_HOMES
from outpost_server.rules.hardware import HardwareCatalogue, HardwareError, read_hardware

DEFAULT_HOST = "127.0.0.1"
DEFAULT_MODEL_CACHE_GB = 100.0
DEFAULT_ENTITY = "local"
DEFAULT_KEEP_DEPLOYMENTS = 50
DEFAULT_KEEP_LOGS_MB = 256.0
ENTITY_PATTERN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?")

LOG_FORMATS = ("text", "json")
ISOLATION = ("auto", "required", "off")
SHARED_VARIABLES = {
    "passed_variables": "OUTPOST_PASSED_VARIABLES",
    "readable_folders": "OUTPOST_READABLE_FOLDERS",
    "writable_folders": "OUTPOST_WRITABLE_FOLDERS",
}
#: What every user may use or name things in.
OPEN_FOLDERS = ("readable_folders", "writable_folders", "model_folders", "requirement_folders")


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it."""


def check_name(field: str, name: str) -> None:
    """Raises:
    SettingsError: no user or team can have this name.
    """
    if not ENTITY_PATTERN.fullmatch(name):
        raise SettingsError(
            f"{field} {name!r} is not a valid name: use 1 to 64 letters, digits, '-', "
            "'_' or '.', with a letter or digit at both ends."
        )


@dataclass(frozen=True)
class ServerSettings:
    """Settings of a server. Times in seconds; port 0 takes any free one.

    ``rate_limit`` is how many calls of the API each user may make in a minute, 0 any number.
    ``trusted_proxies`` are addresses and networks whose ``X-Forwarded-For`` and
    ``X-Forwarded-Proto`` are believed.
    ``token_file`` holds the token of the server's user. It is required where others can reach the
    server: a token that was made up unseen on first start is not one that somebody has chosen to
    protect a network service with. ``allow_system_packages`` lets deployments install the Debian
    packages that their templates name. ``log_format`` is ``text`` or ``json``. ``engine`` is the
    name of what runs replicas. ``hardware_file`` adds to the hardware that endpoints can ask for,
    ``gpus`` is how many GPUs there are for replicas, None for those of the machine.
    ``environments`` is a folder for the packages of containers and templates, which servers may
    share; None for one in the data folder. ``model_folders`` are folders below which every user may
    name models to serve; ``model_cache_gb`` bounds what is kept of the models of the hub, in
    gigabytes.
    ``isolation`` is one of ``ISOLATION``: replicas are kept from what is not theirs as far as this
    machine can (``auto``), or the server does not start where users would not be protected from
    each other wholly (``required``), or they are not (``off``). ``passed_variables`` are names of
    variables of the server's environment that replicas have as well; ``readable_folders`` and
    ``writable_folders`` are folders that all of them may use. Variables of the environment say
    what these three are where they are not given: ``SHARED_VARIABLES``.
    ``requirement_folders`` are folders below which every user may name packages in
    ``python_requirements``; with ``allow_index_options`` there can be options of
    package indexes, too. None of the folders that are open to every user may be the data folder,
    contain it or lie in it, also by links and whatever the isolation.
    ``keep_deployments`` is how many concluded deployments of each endpoint are kept beside the one
    that serves; ``keep_logs_mb`` bounds the logs of its deployments that serve no more, in MiB.
    """

    data_folder: Path
    host: str = DEFAULT_HOST
    port: int = 0
    entity: str = DEFAULT_ENTITY
    start_timeout_s: float = 600.0
    queue_limit: int = 1000
    queue_timeout_s: float = 300.0
    is_temporary: bool = False
    teams: tuple[str, ...] = ()
    rate_limit: int = 0
    trusted_proxies: tuple[str, ...] = ()
    token_file: Path | None = None
    allow_system_packages: bool = False
    log_format: str = "text"
    engine: str = DEFAULT_ENGINE
    hardware_file: Path | None = None
    gpus: int | None = None
    environments: Path | None = None
    model_folders: tuple[Path, ...] = ()
    model_cache_gb: float = DEFAULT_MODEL_CACHE_GB
    isolation: str = ISOLATION[0]
    passed_variables: tuple[str, ...] = ()
    readable_folders: tuple[Path, ...] = ()
    writable_folders: tuple[Path, ...] = ()
    requirement_folders: tuple[Path, ...] = ()
    allow_index_options: bool = False
    keep_deployments: int = DEFAULT_KEEP_DEPLOYMENTS
    keep_logs_mb: float = DEFAULT_KEEP_LOGS_MB

    def __post_init__(self) -> None:
        # They come from JSON where the server is a process of its own.
        object.__setattr__(self, "teams", tuple(self.teams))
        check_name("entity", self.entity)
        for team in self.teams:
            check_name("team", team)
        object.__setattr__(self, "trusted_proxies", tuple(self.trusted_proxies))
        for proxy in self.trusted_proxies:
            try:
                ip_network(proxy)
            except ValueError as error:
                raise SettingsError(
                    f"trusted proxy {proxy!r} is no address and no network such as 10.0.0.0/8: "
                    f"{error}."
                ) from None
        if self.token_file is not None:
            object.__setattr__(self, "token_file", Path(self.token_file).expanduser().absolute())
        if not self.is_loopback and self.token_file is None:
            raise SettingsError(
                f"host {self.host} can be reached by others: give --token-file FILE (token_file=) "
                "with a secret token of your own, or leave the host at 127.0.0.1."
            )
        for name in ("hardware_file", "environments"):
            path = getattr(self, name)
            if path is not None:
                object.__setattr__(self, name, Path(path).expanduser().absolute())
        try:
            _ = self.hardware
        except HardwareError as error:
            raise SettingsError(str(error)) from None
        if self.gpus is not None and not 0 <= self.gpus <= 1024:
            raise SettingsError(f"gpus {self.gpus} is not between 0 and 1024.")
        object.__setattr__(self, "passed_variables", self._given("passed_variables")[1])
        for name in OPEN_FOLDERS:
            self._take_folders(name)
        if self.isolation not in ISOLATION:
            choices = ", ".join(ISOLATION)
            raise SettingsError(
                f"isolation {self.isolation!r} is not known: choose one of {choices}."
            )
        if self.log_format not in LOG_FORMATS:
            choices = ", ".join(LOG_FORMATS)
            raise SettingsError(
                f"log format {self.log_format!r} is not known: choose one of {choices}."
            )
        for name in ("start_timeout_s", "queue_limit", "queue_timeout_s"):
            if not 0 <= getattr(self, name) < math.inf:
                raise SettingsError(f"{name} {getattr(self, name)} is not 0 or more.")
        if not self.model_cache_gb > 0:
            raise SettingsError(f"model cache of {self.model_cache_gb:g} GB is not more than 0.")
        for name in ("keep_deployments", "keep_logs_mb"):
            if not getattr(self, name) >= 0:
                what = name.replace("_", " ")
                raise SettingsError(f"{what} {getattr(self, name)} is not 0 or more.")
        if self.rate_limit < 0:
            raise SettingsError(f"rate limit {self.rate_limit} is less than 0.")
        if self.engine not in ENGINE_HOMES:
            choices = ", ".join(ENGINE_HOMES)
            raise SettingsError(f"engine {self.engine!r} is not known: choose one of {choices}.")
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"port {self.port} is not between 0 and 65535.")

    def _given(self, name: str) -> tuple[str, tuple[str | Path, ...]]:
        """Return what a setting was given, and the name of what has said so."""
        values = tuple(getattr(self, name))
        variable = SHARED_VARIABLES.get(name)
        if values or variable is None:
            return name, values
        return variable, tuple(_listed(variable))

    def _take_folders(self, name: str) -> None:
        source, given = self._given(name)
        found = tuple(Path(one).expanduser().absolute() for one in given)
        for folder in found:
            self._require_apart(source, folder)
        object.__setattr__(self, name, found)

    def _require_apart(self, source: str, folder: Path) -> None:
        """Refuse to open the data folder, or a part of it: what is there is not for everybody."""
        data = Path(os.path.realpath(self.data_folder.expanduser()))
        real = Path(os.path.realpath(folder))
        if data == real:
            relation = "is"
        elif data.is_relative_to(real):
            relation = "contains"
        elif real.is_relative_to(data):
            relation = "lies in"
        else:
            return
        raise SettingsError(
            f"{source}: {folder} {relation} the data folder {data}, and would open the server's "
            "key and what belongs to others to every user. Name a folder beside it, or keep the "
            "data elsewhere with --data FOLDER (data_folder=)."
        )

    @cached_property
    def hardware(self) -> HardwareCatalogue:
        """The hardware that endpoints can ask for."""
        return read_hardware(self.hardware_file)

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_any_address(self) -> bool:
        """Whether the server listens on all addresses, so that its own is not known."""
        try:
            return ip_address(self.host).is_unspecified
        except ValueError:
            return False


def _listed(variable: str) -> list[str]:
    return [one for one in os.environ.get(variable, "").split(os.pathsep) if one]
