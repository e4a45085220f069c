"""What one run of the server was told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DEFAULT_HOST = "127.0.0.1"
DEFAULT_ENTITY = "local"
ENTITY_PATTERN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?")


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
class Settings:
    """Settings of a server. Times in seconds; port 0 takes any free one."""

    data_folder: Path
    host: str = DEFAULT_HOST
    port: int = 0
    entity: str = DEFAULT_ENTITY
    start_timeout_s: float = 600.0
    queue_limit: int = 1000
    queue_timeout_s: float = 300.0
    is_temporary: bool = False
    teams: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # They come from JSON where the server is a process of its own.
        object.__setattr__(self, "teams", tuple(self.teams))
        check_name("entity", self.entity)
        for team in self.teams:
            check_name("team", team)
        if not 0 <= self.port <= 65535:
            raise SettingsError(f"port {self.port} is not between 0 and 65535.")
