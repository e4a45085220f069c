"""Tokens and addresses: what can be one, and what a token may be sent to."""

from __future__ import annotations

import os
from typing import Mapping, Optional
from urllib.parse import urlsplit

from outpostkit.constants import V1_API_URL
from outpostkit.exceptions import ConfigurationError, MissingTokenError

TOKEN_VARIABLE = "OUTPOST_API_TOKEN"
BASE_URL_VARIABLE = "OUTPOST_BASE_URL"
PROFILE_VARIABLE = "OUTPOST_PROFILE"


def resolve_token(argument: Optional[str], environment: Optional[Mapping[str, str]] = None) -> str:
    """Return the API token; an empty one counts as none.

    Raises:
        MissingTokenError: there is none.
        ConfigurationError: it cannot be sent in a header. The message does not quote it.
    """
    source = "api_token"
    token = (argument or "").strip()
    if not token:
        source = TOKEN_VARIABLE
        token = (os.environ if environment is None else environment).get(TOKEN_VARIABLE, "").strip()
    if not token:
        raise MissingTokenError(
            f"There is no API token: pass api_token=, set the environment variable "
            f"{TOKEN_VARIABLE}, or save a profile with outpostkit.profiles.save_profile(). "
            "Get your token from https://outpost.run/."
        )
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigurationError(
            f"{source} is not a token: it has characters that no header can carry "
            "(spaces, line breaks or non-ASCII ones). Copy it again."
        )
    return token


def resolve_base_url(
    argument: Optional[str], environment: Optional[Mapping[str, str]] = None
) -> str:
    """Return the address of the API without a slash at its end.

    Raises:
        ConfigurationError: it is not an absolute http or https address.
    """
    source, url = "base_url", argument
    if not url:
        source = BASE_URL_VARIABLE
        url = (os.environ if environment is None else environment).get(BASE_URL_VARIABLE)
    url = (url or V1_API_URL).strip().rstrip("/")
    if not _is_address(url):
        raise ConfigurationError(
            f"{source} is not an address of an API: {_without_credentials(url)!r}. "
            f"It must look like {V1_API_URL}."
        )
    if "@" in urlsplit(url).netloc:
        raise ConfigurationError(
            f"{source} holds a user name or password; pass the token as api_token= instead."
        )
    return url


def origin(url: str) -> str:
    """Return scheme, host and port of an address: what a token may be sent to, and nothing else."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower())
    return f"{parts.scheme.lower()}://{parts.hostname}:{port}"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    is_plain = not parts.query and not parts.fragment and url.isprintable() and " " not in url
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_plain


def _without_credentials(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if separator and "@" in rest:
        return f"{scheme}://[redacted]@{rest.rpartition('@')[2]}"
    return url
