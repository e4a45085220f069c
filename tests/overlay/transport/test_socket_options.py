"""Options of sockets, read back from connections."""

import socket

import anyio
import httpx
import pytest

from outpostkit import AsyncClient, Client
from outpostkit.exceptions import ConfigurationError

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
KEEPALIVE_IDLE = getattr(socket, "TCP_KEEPIDLE", getattr(socket, "TCP_KEEPALIVE", None))


@pytest.fixture(params=["127.0.0.1", "localhost"])
def url(request, serve):
    """By an address and by a name, which are connected to in different ways."""
    return serve(OK).url.replace("127.0.0.1", request.param)


@pytest.fixture(params=["blocking", "async"])
def options_of(request, url):
    """Ask with a client, and return options of the socket that it has asked with."""

    def read(sock, wanted):
        return [sock.getsockopt(level, name) for level, name in wanted]

    def blocking(*wanted, **options):
        with Client("token", base_url=url, **options) as client:
            client._request("GET", "/")
            [connection] = client._calls.connections.open().direct._pool._idle
            return read(connection._sock, wanted)

    def awaited(*wanted, **options):
        async def main():
            async with AsyncClient("token", base_url=url, **options) as client:
                await client._request("GET", "/")
                [pool] = client._calls.connections.open().direct._pools.values()
                [connection] = pool._idle
                return read(connection._transport.get_extra_info("socket"), wanted)

        return anyio.run(main)

    return blocking if request.param == "blocking" else awaited


def test_a_silent_server_is_asked_for_after_a_minute(options_of):
    """Routers forget a connection over which nothing goes for some minutes."""
    wanted = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, KEEPALIVE_IDLE)]

    is_on, seconds = options_of(*wanted)

    assert (bool(is_on), seconds) == (True, 60)


def test_options_of_the_caller_go_before_ours(options_of):
    """As tuples, or whatever iterates over them."""
    mine = [(socket.IPPROTO_TCP, KEEPALIVE_IDLE, 7), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)]

    seconds, is_on = options_of(*[option[:2] for option in mine], socket_options=mine)

    assert (seconds, is_on) == (7, 0)


@pytest.mark.parametrize(
    "wrong",
    [5, "options", [5], [(1, 2)], [(1,) * 5], [(socket.SOL_SOCKET, 99999, 1)], [(1, 2, "x")]],
)
def test_an_option_that_cannot_be_set_is_named(options_of, wrong):
    """By its form when the client is made, or by the system with the first connection."""
    with pytest.raises(ConfigurationError, match="socket_options"):
        options_of(socket_options=wrong)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_they_are_for_our_transports_alone(kind):
    """One that is passed has options of its own."""
    with pytest.raises(ConfigurationError, match="socket_options"):
        kind(
            "token",
            socket_options=[],
            transport=httpx.MockTransport(lambda request: httpx.Response(200)),
        )
