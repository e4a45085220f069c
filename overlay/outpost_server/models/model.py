"""A model that has been found, who asks for it, and why it may not be had."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from outpost_server.tasks.facts import ModelFacts

#: What to do when the hub is away.
WAY_OUT = (
    "Check the connection and the proxies (HTTPS_PROXY), name another hub in HF_ENDPOINT, serve "
    "what has been fetched before with HF_HUB_OFFLINE=1, or give the model as a folder of this "
    "machine (modelSource: folder)."
)


class ModelRefused(Exception):
    """The model cannot be had; ``reason`` is one line that says what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reader:
    """Who asks for a model: who made the endpoint, with the key of the hub that it names, if any.

    ``user_id`` is None where that account is no more.
    """

    user_id: str | None
    is_server_owner: bool = False
    key: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class FoundModel:
    """A model at one revision. Its files are in ``folder``, or will be once it is fetched.

    ``asked`` is the branch, tag or commit that was asked for, None where there are none.
    ``digests`` are the SHA-256 of files by their path, where the hub says them. ``is_public`` tells
    whether everybody may have it.
    """

    facts: ModelFacts
    folder: Path
    asked: str | None = None
    digests: dict[str, str] = field(default_factory=dict)
    is_public: bool = True


class Say(Protocol):
    """Writes a line into the deployment log."""

    def __call__(self, message: str, *, level: str = "INFO") -> None: ...
