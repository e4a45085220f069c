"""Which proxy serves which address: what the environment, the system or an argument says.

Decides and sends nothing. The rules for ``NO_PROXY`` are those of curl, which understands more
than others: names with all that is below them, with or without a dot or ``*.`` before them,
addresses and networks of IPv4 and IPv6, with or without brackets, each with a port if need be, and
``*``. What is on this machine needs no proxy, unless one is given as an argument: a proxy would
look for it on its own machine.
"""

from __future__ import annotations

import fnmatch
import importlib.util
import ipaddress
import os
import re
import urllib.request
from typing import Dict, NamedTuple, Optional, Tuple, Union
from urllib.parse import urlsplit

import httpx

from outpostkit.exceptions import ConfigurationError

ProxyTypes = Union[str, httpx.URL, httpx.Proxy]

_SCHEMES = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_NAME = re.compile(r"[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*")
_WITH_PORT = re.compile(r"([^\[\]:/]+|\[[^\[\]]+\]):(\d{1,5})")

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]


class Proxy:
    """One proxy; neither its name nor its repr has the password."""

    __slots__ = ("for_httpx", "shown", "source")

    def __init__(self, for_httpx: httpx.Proxy, source: str) -> None:
        self.for_httpx = for_httpx
        #: Where it was named: a variable or an argument.
        self.source = source
        url = for_httpx.url
        port = "" if url.port is None else f":{url.port}"
        self.shown = f"{url.scheme}://{f'[{url.host}]' if ':' in url.host else url.host}{port}"

    def __repr__(self) -> str:
        return f"<Proxy {self.shown} of {self.source}>"


class Route(NamedTuple):
    """How an address is reached, and what an error says of that."""

    proxy: Optional[Proxy]
    words: str


class Exemption(NamedTuple):
    """One entry of ``NO_PROXY``; what is None holds for all."""

    text: str
    scheme: Optional[str]
    name: Optional[str]
    network: Optional[Network]
    port: Optional[int]

    def holds(self, scheme: str, host: str, port: int) -> bool:
        """Tell whether an address is reached without a proxy."""
        if self.scheme not in (None, scheme) or self.port not in (None, port):
            return False
        if self.network is not None:
            address = _address(host)
            return address is not None and address in self.network
        name = self.name
        if name is None:
            return True
        if name == "<local>":  # of Windows: names of one part
            return "." not in host and ":" not in host
        if "*" in name:
            return fnmatch.fnmatchcase(host, name)
        return host == name or host.endswith(f".{name}")


class Proxies:
    """Proxies by scheme, and what is reached without one."""

    def __init__(
        self,
        by_scheme: Dict[str, Proxy],
        exemptions: Tuple[Exemption, ...] = (),
        *,
        is_explicit: bool = False,
        is_of_system: bool = False,
    ) -> None:
        self._by_scheme = by_scheme
        self._exemptions = exemptions
        self._is_explicit = is_explicit
        self._is_of_system = is_of_system

    def route(self, url: httpx.URL) -> Route:
        """Return how an address is reached."""
        scheme = url.scheme
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        proxy = self._by_scheme.get(scheme) or self._by_scheme.get("all")
        if proxy is None:
            return Route(None, "")
        if self._is_explicit:
            return Route(proxy, f"It was asked through the proxy {proxy.shown} ({proxy.source}).")
        port = url.port or _PORTS.get(scheme, 0)
        why = self._why_directly(scheme, host, port)
        if why:
            return Route(
                None,
                f"It was asked directly, and not through the proxy {proxy.shown} "
                f"({proxy.source}): {why}.",
            )
        return Route(
            proxy,
            f"It was asked through the proxy {proxy.shown} ({proxy.source}); if it is reached "
            f"without one: NO_PROXY={host} in the environment, or trust_env=False.",
        )

    def _why_directly(self, scheme: str, host: str, port: int) -> str:
        if _is_loopback(host):
            return "it is on this machine"
        for exemption in self._exemptions:
            if exemption.holds(scheme, host, port):
                return f"NO_PROXY has {exemption.text!r}"
        if self._is_of_system and urllib.request.proxy_bypass(f"{host}:{port}"):
            return "the settings of the system say so"
        return ""


def proxies_for(proxy: Optional[ProxyTypes], trust_env: bool) -> Optional[Proxies]:
    """Return the proxies of an argument, else of the environment or the system; None for none.

    Raises:
        ConfigurationError: one of them, or an entry of ``NO_PROXY``, cannot be read. The variable
            is named, and a password is not.
    """
    if proxy is not None:
        return Proxies({"all": _given(proxy)}, is_explicit=True)
    if not trust_env:
        return None
    found = {scheme: text for scheme, text in urllib.request.getproxies().items() if text}
    by_scheme: Dict[str, Proxy] = {
        scheme: _read(found[scheme], _variable(scheme))
        for scheme in ("http", "https", "all")
        if scheme in found
    }
    if not by_scheme:
        return None
    exemptions = tuple(
        _exemption(entry) for entry in re.split(r"[,;\s]+", found.get("no", "")) if entry
    )
    is_of_system = not urllib.request.getproxies_environment().keys() & by_scheme.keys()
    return Proxies(by_scheme, exemptions, is_of_system=is_of_system)


def _variable(scheme: str) -> str:
    """Return the variable that names a proxy, in the case that it has; the first counts."""
    name = f"{scheme}_proxy"
    if os.environ.get(name):
        return name
    found = (each for each in os.environ if each.lower() == name and os.environ[each])
    return next(found, "settings of the system")


def _given(proxy: object) -> Proxy:
    if isinstance(proxy, httpx.Proxy):
        return Proxy(proxy, "proxy=")
    if isinstance(proxy, (str, httpx.URL)):
        return _read(str(proxy), "proxy")
    raise ConfigurationError(
        "proxy must be an address such as http://proxy.example.com:3128, or an httpx.Proxy, not "
        f"{type(proxy).__name__}"
    )


def _read(text: str, source: str) -> Proxy:
    """Return the proxy that a text names."""
    problem = ""
    proxy: Optional[httpx.Proxy] = None
    whole = text.strip()
    if "://" not in whole:
        whole = f"http://{whole}"
    scheme, _, rest = whole.partition("://")
    scheme = scheme.lower()
    shown = f"[redacted]@{rest.rpartition('@')[2]}" if "@" in rest else rest
    shown = f"{scheme}://{shown}"[:200]
    if scheme not in _SCHEMES:
        better = "; write socks5:// for SOCKS" if scheme.startswith("socks") else ""
        problem = f"its scheme must be one of {', '.join(_SCHEMES)}{better}"
    elif scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        problem = 'SOCKS needs the package socksio: pip install "httpx[socks]"'
    else:
        try:
            parts = urlsplit(whole)
            _ = parts.port
            if not parts.hostname or re.search(r"\s", whole) or parts.query or parts.fragment:
                raise ValueError("it names no host")
            if parts.path not in ("", "/"):
                raise ValueError("it has a path")
            # Names are always resolved by the proxy, whichever of the two it is.
            proxy = httpx.Proxy(re.sub(r"^socks5h", "socks5", f"{scheme}://{rest}"))
        except (ValueError, httpx.InvalidURL):
            problem = "it must be an address of a host, such as http://proxy.example.com:3128"
    if proxy is not None:
        return Proxy(proxy, "proxy=" if source == "proxy" else source)
    del text, whole, rest  # monitors collect the locals of whoever raises
    advice = "" if source == "proxy" else "; correct it, unset it, or pass trust_env=False"
    raise ConfigurationError(f"{source}: the proxy {shown!r} cannot be used: {problem}{advice}")


def _exemption(text: str) -> Exemption:
    """Return what an entry of ``NO_PROXY`` says."""
    scheme, separator, rest = text.lower().rpartition("://")
    if separator:
        rest = rest.rstrip("/")
    if scheme not in ("", "http", "https", "all"):
        raise _unreadable(text)
    wanted = scheme if scheme in ("http", "https") else None
    if rest == "*":
        return Exemption(text, wanted, None, None, None)
    network = _network(rest)
    port: Optional[int] = None
    if network is None:
        with_port = _WITH_PORT.fullmatch(rest)
        if with_port is not None:
            rest, port = with_port[1], int(with_port[2])
            network = _network(rest)
    if network is not None:
        return Exemption(text, wanted, None, network, port)
    if rest == "<local>":
        return Exemption(text, wanted, rest, None, None)
    name = rest.strip(".")
    name = name[2:] if name.startswith("*.") else name
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise _unreadable(text) from None
    if _NAME.fullmatch(name) is None or (port or 0) > 65535:
        raise _unreadable(text)
    return Exemption(text, wanted, name, None, port)


def _unreadable(text: str) -> ConfigurationError:
    shown = text.rpartition("@")[2][:200]
    return ConfigurationError(
        f"{_variable('no')}: the entry {shown!r} cannot be read: it must be a host such as "
        "example.com (with all below it), an address, or a network such as 10.0.0.0/8, each with "
        "a :port if need be; correct it, or pass trust_env=False"
    )


def _network(text: str) -> Optional[Network]:
    """Return the network that a text is, one address too, with or without brackets."""
    plain = re.sub(r"^\[([^\[\]]*)\](?=/|$)", r"\1", text)
    plain = re.sub(r"%[^/]*", "", plain)  # the zone of an address
    try:
        return ipaddress.ip_network(plain, strict=False)
    except ValueError:
        return None


def _address(host: str) -> Optional[Address]:
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback
