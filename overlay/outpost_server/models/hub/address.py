"""Where the hub is, as it may be shown: an address can hold a password."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

DEFAULT_HUB = "https://huggingface.co"


def shown_hub(environment: Mapping[str, str]) -> str:
    """Return the host of the hub, with its port where it has one."""
    parts = urlsplit(environment.get("HF_ENDPOINT") or DEFAULT_HUB)
    host = parts.hostname or "that HF_ENDPOINT names"
    return host if parts.port is None else f"{host}:{parts.port}"


def is_offline(environment: Mapping[str, str]) -> bool:
    """Tell whether HF_HUB_OFFLINE keeps us from asking the hub, as huggingface_hub reads it."""
    return environment.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE")
