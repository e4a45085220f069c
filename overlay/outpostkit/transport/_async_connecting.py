"""Opening a TCP connection to the first address of a host that answers, in an event loop."""

import asyncio
import functools
import socket
from typing import Dict

from outpostkit.transport._connecting import ATTEMPT_DELAY_S, interleave, lookup
from outpostkit.transport._threads import beside_the_loop


async def connect_tcp_async(host: str, port: int) -> socket.socket:
    """Return a connected, non-blocking socket, as ``connect_tcp`` does; raises ``OSError``.

    asyncio has such a race too, but loses the socket that has won when it is cancelled then.
    """
    loop = asyncio.get_running_loop()
    # Not loop.getaddrinfo(): the end of the loop would wait for name servers that do not answer.
    waiting = interleave(await beside_the_loop(functools.partial(lookup, host, port, None)))
    last_error = OSError("no address")
    attempts: Dict[asyncio.Task[None], socket.socket] = {}
    try:
        while waiting or attempts:
            if waiting:
                family, kind, protocol, _, where = waiting.pop(0)
                try:
                    sock = socket.socket(family, kind, protocol)
                except OSError as error:
                    last_error = error
                    continue
                sock.setblocking(False)
                attempts[asyncio.ensure_future(loop.sock_connect(sock, where))] = sock
            done, _ = await asyncio.wait(
                set(attempts),
                timeout=ATTEMPT_DELAY_S if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for attempt in done:
                failure = attempt.exception()
                if failure is None:
                    return attempts.pop(attempt)
                attempts.pop(attempt).close()
                if not isinstance(failure, OSError):
                    raise failure
                last_error = failure
        raise last_error
    finally:
        for attempt, sock in attempts.items():
            attempt.cancel()
            # Not at once: the loop still watches the socket until the attempt has ended.
            attempt.add_done_callback(functools.partial(_close_after, sock))


def _close_after(sock: socket.socket, attempt: "asyncio.Task[None]") -> None:
    if not attempt.cancelled():
        attempt.exception()  # looked at, so that asyncio does not complain
    sock.close()
