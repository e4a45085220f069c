"""Opening a TCP connection to the first address of a host that answers, blocking."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import suppress
from typing import Any, Dict, List, Optional, Sequence, Tuple

import httpx

#: How long one address may keep the next waiting (RFC 8305 recommends this value).
ATTEMPT_DELAY_S = 0.25

#: What ``socket.getaddrinfo`` returns for one address.
AddressInfo = Tuple[int, int, int, str, Any]


def connect_tcp(host: str, port: int, timeout_s: Optional[float]) -> socket.socket:
    """Return a connected socket.

    Every address of the host is tried, IPv6 and IPv4 in turn, each a quarter of a second after the
    one before; the first that answers is used. ``timeout_s`` bounds all of it, the name lookup too.

    Raises:
        httpx.ConnectTimeout: no address answered in time.
        httpx.ConnectError: the name does not resolve, or every address refused.
    """
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    try:
        addresses = interleave(lookup(host, port, timeout_s))
        left_s = None if deadline is None else deadline - time.monotonic()
        if left_s is not None and left_s <= 0:
            raise socket.timeout("timed out")
        if len(addresses) == 1:
            return _connect_one(addresses[0], left_s)
        return _connect_first(addresses, left_s)
    except socket.timeout as error:
        raise httpx.ConnectTimeout(
            f"no connection to {host}:{port} within {timeout_s} s"
        ) from error
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"cannot connect to {host}:{port}: {error}") from error


def lookup(host: str, port: int, timeout_s: Optional[float]) -> List[AddressInfo]:
    """Return the addresses of a host.

    Raises:
        socket.timeout: the name servers did not answer in time.
        OSError: there is no such host.
    """

    def ask() -> List[AddressInfo]:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    # The system bounds it by minutes, and cannot be asked to give up.
    if timeout_s is None or is_address(host):
        return ask()
    from outpostkit.transport._threads import within

    return within(timeout_s, ask)


def is_address(host: str) -> bool:
    """Tell whether nobody has to be asked where the host is."""
    return ":" in host or host.replace(".", "").isdigit()


def interleave(addresses: Sequence[AddressInfo]) -> List[AddressInfo]:
    """Order addresses so that families take turns, beginning with that of the first."""
    by_family: Dict[int, List[AddressInfo]] = {}
    for address in addresses:
        by_family.setdefault(address[0], []).append(address)
    mixed: List[AddressInfo] = []
    lists = list(by_family.values())
    for position in range(max(map(len, lists), default=0)):
        mixed.extend(each[position] for each in lists if position < len(each))
    return mixed


def _connect_one(address: AddressInfo, timeout_s: Optional[float]) -> socket.socket:
    family, kind, protocol, _, where = address
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(timeout_s)
        sock.connect(where)
    except BaseException:
        sock.close()
        raise
    return sock


def _connect_first(addresses: List[AddressInfo], timeout_s: Optional[float]) -> socket.socket:
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    waiting = list(addresses)
    last_error: OSError = OSError("no address")
    attempts: List[socket.socket] = []
    winner: Optional[socket.socket] = None
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    try:
                        sock = _begin(waiting.pop(0), attempts)
                    except OSError as error:
                        last_error = error
                        continue
                    selector.register(sock, selectors.EVENT_WRITE, data=sock)
                left_s = None if deadline is None else deadline - time.monotonic()
                if left_s is not None and left_s <= 0:
                    raise socket.timeout("timed out")
                if waiting:
                    left_s = ATTEMPT_DELAY_S if left_s is None else min(left_s, ATTEMPT_DELAY_S)
                for key, _ in selector.select(left_s):
                    sock = key.data
                    assert isinstance(sock, socket.socket)
                    selector.unregister(sock)
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if code == 0:
                        winner = sock
                        return sock
                    last_error = OSError(code, "connection refused or unreachable")
            raise last_error
        finally:
            for sock in attempts:
                if sock is not winner:
                    sock.close()


def _begin(address: AddressInfo, attempts: List[socket.socket]) -> socket.socket:
    family, kind, protocol, _, where = address
    sock = socket.socket(family, kind, protocol)
    attempts.append(sock)
    sock.setblocking(False)
    # Windows and POSIX name "the attempt goes on" differently.
    with suppress(BlockingIOError, InterruptedError):
        sock.connect(where)
    return sock
