"""Tokens and addresses: what can be one, and what a token may be sent to."""

from __future__ import annotations

import os
import re
from typing import Iterable, List, Mapping, Optional, Tuple, Union
from urllib.parse import urlsplit

from outpostkit.constants import V1_API_URL
from outpostkit.exceptions import ConfigurationError, MissingTokenError

TOKEN_VARIABLE = "OUTPOST_API_TOKEN"
BASE_URL_VARIABLE = "OUTPOST_BASE_URL"
PROFILE_VARIABLE = "OUTPOST_PROFILE"
PREDICTION_HOSTS_VARIABLE = "OUTPOST_PREDICTION_HOSTS"

#: Letters, digits, - and _ in each part of a name.
_HOST = r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}"
_PATTERN = r"(\*\.)?(\[[^\]]+\]|[^:\[\]]+)(:[0-9]{1,5})?"


def resolve_token(argument: Optional[str], environment: Optional[Mapping[str, str]] = None) -> str:
    """Return the API token; an empty one counts as none.

    Raises:
        MissingTokenError: there is none.
        ConfigurationError: it cannot be sent in a header. The message does not quote it.
    """
    source = "api_token"
    if argument is not None and not isinstance(argument, str):
        kind = type(argument).__name__
        del argument  # monitors collect the locals of whoever raises
        raise ConfigurationError(
            f"api_token must be text, or a function that returns it, not {kind}"
        )
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
    if not is_sendable(token):
        del token, argument
        raise ConfigurationError(
            f"{source} is not a token: it has characters that no header can carry "
            "(spaces, line breaks or non-ASCII ones). Copy it again."
        )
    return token


def is_sendable(token: str) -> bool:
    """Tell whether a header can carry a token."""
    return token.isascii() and token.isprintable() and " " not in token


def resolve_base_url(
    argument: Optional[str], environment: Optional[Mapping[str, str]] = None
) -> str:
    """Return the address of the API without a slash at its end.

    Raises:
        ConfigurationError: it is not an absolute http or https address.
    """
    source, url = "base_url", argument
    if not (url is None or isinstance(url, str)):
        raise ConfigurationError(
            f"base_url must be text such as {V1_API_URL!r}, not {type(url).__name__}"
        )
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


def resolve_prediction_hosts(
    argument: Union[str, Iterable[str], None], source: str = "prediction_hosts"
) -> Tuple[str, ...]:
    """Return the hosts, besides those of the API's own site, whose endpoints get the token.

    Args:
        argument: hosts such as ``models.example.com``, ``*.example.com`` for all below it, and
            either with ``:port`` for that port alone; or a text with commas between them. None is
            what ``OUTPOST_PREDICTION_HOSTS`` says.
        source: where they come from, for the error.

    Raises:
        ConfigurationError: one of them is no such host.
    """
    if argument is None:
        source = PREDICTION_HOSTS_VARIABLE
        argument = os.environ.get(PREDICTION_HOSTS_VARIABLE, "")
    given = argument.split(",") if isinstance(argument, str) else argument
    hosts: List[str] = []
    for text in given:
        found = re.fullmatch(_PATTERN, text.strip()) if isinstance(text, str) else None
        host = None if found is None else plain_host(found[2])
        if found is not None and host is not None:
            shown = f"[{host}]" if ":" in host else host
            hosts.append(f"{found[1] or ''}{shown}{found[3] or ''}")
        elif text:
            raise ConfigurationError(
                f"{source}: {text!r} is no host; write one such as models.example.com, or "
                "*.example.com for all hosts below it, without a scheme and a path"
            )
    return tuple(hosts)


def plain_host(name: str) -> Optional[str]:
    """Return a host in the one spelling that hosts are compared in; None when it is none.

    That is lower-case ASCII without the dot of the root at its end, an IP address in its shortest
    form, and IPv6 without brackets.
    """
    if name.startswith("["):
        from ipaddress import IPv6Address

        try:
            return str(IPv6Address(name[1:-1]))
        except ValueError:
            return None
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    host = name.lower()
    host = host[:-1] if host.endswith(".") else host
    return host if re.fullmatch(_HOST, host) else None


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
