"""A model that has been found, who asks for it, and why it may not be had."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from outpost_server.tasks.facts import ModelFacts


class ModelRefused(Exception):
    """The model cannot be had; ``reason`` is one line that says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reader:
    """Who asks for a model: a user, with a key of the hub's where the endpoint names one."""

    user_id: str | None
    is_server_owner: bool = False
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FoundModel:
    """A model at one revision. Its files are in ``folder``, or will be once it is fetched.

    ``digests`` are the SHA-256 of files by their path, where the hub says them. ``is_public`` tells
    whether everybody may have it.
    """

    facts: ModelFacts
    folder: Path
    digests: dict[str, str] = field(default_factory=dict)
    is_public: bool = True
