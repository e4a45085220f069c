"""Options of sockets: what every connection gets, and what a caller adds."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Iterable, List, Optional, Protocol, Sequence, Tuple, Union

from outpostkit.exceptions import ConfigurationError

#: Level, name and value, as ``socket.setsockopt`` takes them; or these with None and a length.
SocketOption = Union[
    Tuple[int, int, int],
    Tuple[int, int, Union[bytes, bytearray]],
    Tuple[int, int, None, int],
]

#: Seconds of silence after which the system asks the other side whether it is still there: less
#: than the minutes after which routers forget a connection, so that a long wait outlives them.
KEEPALIVE_S = 60
#: Seconds between further questions, and how many of them nobody has to answer.
_INTERVAL_S = 20
_QUESTIONS = 3


def _keepalive() -> List[SocketOption]:
    options: List[SocketOption] = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    # macOS has another name for the first, and each system lacks what it lacks.
    idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"
    for name, value in (
        (idle, KEEPALIVE_S),
        ("TCP_KEEPINTVL", _INTERVAL_S),
        ("TCP_KEEPCNT", _QUESTIONS),
    ):
        number = getattr(socket, name, None)
        if isinstance(number, int):
            options.append((socket.IPPROTO_TCP, number, value))
    return options


#: Keep-alive probes; what a caller gives comes after these, so that it holds.
KEEPALIVE: Sequence[SocketOption] = tuple(_keepalive())


class _Socket(Protocol):
    """A socket, or what asyncio has for one."""

    def setsockopt(self, *option: object) -> None:
        """As of ``socket.socket``."""


def checked_options(options: object) -> Tuple[SocketOption, ...]:
    """Return the options of a caller.

    Raises:
        ConfigurationError: they are no list of tuples that ``socket.setsockopt`` could take.
    """
    if options is None:
        return ()
    if isinstance(options, Iterable) and not isinstance(options, (str, bytes)):
        found = tuple(options)
        if all(isinstance(each, (tuple, list)) and len(each) in (3, 4) for each in found):
            return tuple(tuple(each) for each in found)
    raise ConfigurationError(
        "socket_options must be a list of tuples as socket.setsockopt takes them, such as "
        "(socket.SOL_SOCKET, socket.SO_RCVBUF, 1048576)"
    )


def configure(sock: object, options: Sequence[SocketOption]) -> None:
    """Set keep-alive probes, then the options of a caller.

    Raises:
        ConfigurationError: the system does not take one of these.
    """
    target: _Socket = sock  # type: ignore[assignment]  # asyncio's own class has it, unannounced
    for option in KEEPALIVE:
        with suppress(OSError):
            target.setsockopt(*option)
    problem = _first_refused(target, options)
    if problem is not None:
        raise ConfigurationError(problem)


def _first_refused(target: _Socket, options: Sequence[SocketOption]) -> Optional[str]:
    for option in options:
        try:
            target.setsockopt(*option)
        except (OSError, TypeError, ValueError, OverflowError) as problem:
            return f"socket_options: {option!r} is refused by the system: {problem}"
    return None
