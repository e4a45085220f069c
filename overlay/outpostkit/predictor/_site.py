"""Which prediction domains get the token: those of the API's own site, and those one allows.

The API names the domain of an endpoint, and whoever owns the endpoint may have chosen it. What
gets the token can act as the caller, so it goes to

* the host of the API, and hosts below it;
* for an API at ``api.outpost.run``, also ``outpost.run`` and hosts below it, where endpoints of
  Outpost are;
* from an API on this machine, to anything on this machine;
* hosts of ``prediction_hosts``;

and never without TLS where the API has TLS, but within this machine.
"""

import re
from dataclasses import dataclass
from typing import Optional, Tuple
from urllib.parse import urlsplit

from outpostkit.exceptions import ConfigurationError
from outpostkit.profiles._values import PREDICTION_HOSTS_VARIABLE, plain_host

_PORTS = {"http": 80, "https": 443}
#: Host and port, and nothing else that has a meaning in addresses (``@``, ``/``, ``\``, ``#``).
_NAME = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@\\%]+)(?::([0-9]{1,5}))?")


@dataclass(frozen=True)
class Site:
    """Where requests go: scheme, host (lower-case, an IPv6 address without brackets) and port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        return _is_address(self.host, is_loopback=True)

    def is_below(self, parent: str) -> bool:
        """Whether its host is ``parent``, or a name below that; a name of one part has none."""
        if self.host == parent:
            return True
        is_name = "." in parent and not _is_address(parent)
        return is_name and self.host.endswith(f".{parent}")


def prediction_address(
    endpoint: str, protocol: str, name: str, base_url: str, allowed: Tuple[str, ...]
) -> str:
    """Return scheme, host and port of a prediction domain that gets the token.

    Args:
        endpoint: whose domain it is, for errors.
        protocol: ``http`` or ``https``.
        name: host, and port if need be.
        base_url: where the API is.
        allowed: hosts that get it too, as ``resolve_prediction_hosts`` gives them.

    Raises:
        ConfigurationError: it does not get the token, or is none.
    """
    parts = urlsplit(base_url)
    api = _site(parts.scheme, parts.netloc)
    site = _site(protocol, name)
    if api is None or site is None:
        raise ConfigurationError(
            f"the API names {f'{protocol}://{name}'[:200]!r} as the prediction domain of "
            f"{endpoint}, which is no address of a host: the token is not sent there. "
            "Whoever runs the API has to correct it."
        )
    if name.lower() == parts.netloc.lower():
        # A server behind a proxy that speaks TLS for it does not know that it is reached so.
        site = api
    if api.scheme == "https" and site.scheme == "http" and not (api.is_local and site.is_local):
        raise ConfigurationError(
            f"the prediction domain of {endpoint} is {site}, without TLS, and the API is {api}: "
            "the token would be readable on the way, so it is not sent. Whoever runs the API has "
            "to give the endpoint an https address."
        )
    if not (_is_own(site, api) or any(_matches(site, pattern) for pattern in allowed)):
        raise ConfigurationError(
            f"the prediction domain of {endpoint} is {site}, and the API is {api}: that is another "
            "site, so the token is not sent there. If you trust it with your token, allow it: "
            f'Client(prediction_hosts=["{site.host}"]), {PREDICTION_HOSTS_VARIABLE}={site.host} '
            'in the environment, or prediction_hosts in the profile; "*.example.com" allows all '
            "hosts below example.com."
        )
    return str(site)


def _site(scheme: str, name: str) -> Optional[Site]:
    """Return the site of a scheme, and a host with or without port; None when it is none."""
    found = _NAME.fullmatch(name)
    scheme = scheme.lower()
    if found is None or scheme not in _PORTS:
        return None
    host = plain_host(found[1])
    port = int(found[2] or _PORTS[scheme])
    return Site(scheme, host, port) if host is not None and 0 < port < 65536 else None


def _is_own(site: Site, api: Site) -> bool:
    if api.is_local:
        return site.is_local
    if site.host == api.host:
        # Without TLS nothing but its port tells the API from other programs of its machine.
        return site.scheme == "https" or site.port == api.port
    label, _, parent = api.host.partition(".")
    return site.is_below(api.host) or (label == "api" and "." in parent and site.is_below(parent))


def _matches(site: Site, pattern: str) -> bool:
    host, colon, port = pattern.rpartition(":")
    if not colon or not port.isdigit() or pattern.endswith("]"):
        host, port = pattern, ""
    if port and int(port) != site.port:
        return False
    if host.startswith("*."):
        return site.host.endswith(host[1:]) and not _is_address(site.host)
    return site.host == host.strip("[]")


def _is_address(host: str, *, is_loopback: bool = False) -> bool:
    """Tell whether a host is an IP address; with ``is_loopback``, one of this machine."""
    import ipaddress  # takes long to import

    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_loopback or not is_loopback
    return found.is_loopback or not is_loopback
