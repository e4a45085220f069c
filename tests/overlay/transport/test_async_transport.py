"""What only the asyncio transport has to do: cancellation, several loops, other backends."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import warnings
from contextlib import suppress
from importlib.util import find_spec

import httpx
import pytest

from outpostkit.transport import AsyncPooledTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

pytestmark = pytest.mark.anyio


def open_sockets():
    """The sockets that this process has open; no two ever have the same name."""
    names = set()
    for number in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # the listing itself has one open
            names.add(os.readlink(f"/proc/self/fd/{number}"))
    return {name for name in names if name.startswith("socket:")}


def taken(transport):
    return sum(len(pool) for pool in transport._pools.values())


async def until(condition):
    """Let the loop run until the condition holds; return whether it ever did."""
    give_up_at = time.monotonic() + 60
    while not condition():
        if time.monotonic() > give_up_at:
            return False
        await asyncio.sleep(0.001)
    return True


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="counts sockets through /proc")
async def test_a_thousand_requests_leak_nothing(serve):
    """After 1,000 requests with 256 at once, every socket is closed with the transport."""
    server = serve(OK)
    before = open_sockets()
    client = httpx.AsyncClient(transport=AsyncPooledTransport(), timeout=60)
    turns = iter(range(1000))

    async def worker():
        return [(await client.get(f"{server.url}/{turn}")).content for turn in turns]

    answers = await asyncio.gather(*(worker() for _ in range(256)))
    most = server.connections
    await client.aclose()

    assert sum(map(len, answers)) == 1000
    assert {content for each in answers for content in each} == {b"ok"}
    assert most <= 100
    assert await until(lambda: server.open == 0)
    # What earlier tests have left may be closed meanwhile; what this one opened has to be.
    assert await until(lambda: open_sockets() <= before)


async def test_a_cancelled_request_leaves_nothing_behind(serve):
    """Whenever it is cancelled: while connecting, just connected, waiting for the answer."""
    server = serve(lambda peer: peer.read_request() and peer.wait_for_end())
    transport = AsyncPooledTransport()
    async with httpx.AsyncClient(transport=transport) as client:
        for turns in range(40):
            request = asyncio.ensure_future(client.get(server.url))
            for _ in range(turns):
                await asyncio.sleep(0)
            request.cancel()
            await asyncio.gather(request, return_exceptions=True)

            assert request.cancelled()
            assert taken(transport) == 0
            assert await until(lambda: server.open == 0)
        assert await until(lambda: server.requests)  # the last were cancelled late enough


async def test_a_cancelled_race_between_addresses_forgets_no_socket(serve):
    """``localhost`` has two addresses; whichever connects as the request ends is closed."""
    url = serve(OK).url.replace("127.0.0.1", "localhost")
    gc.collect()  # what earlier tests forgot is not ours
    with warnings.catch_warnings(record=True) as forgotten:
        warnings.simplefilter("always", ResourceWarning)
        async with httpx.AsyncClient(transport=AsyncPooledTransport()) as client:
            for turn in range(100):
                requests = [asyncio.ensure_future(client.get(url)) for _ in range(5)]
                await asyncio.sleep(turn * 0.0001)
                for request in requests:
                    request.cancel()
                await asyncio.gather(*requests, return_exceptions=True)
        gc.collect()

    assert [str(warning.message) for warning in forgotten] == []


async def test_a_cancelled_body_closes_its_connection(serve):
    """Cancelling the read of a streamed response frees its place."""
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
    transport = AsyncPooledTransport()
    async with httpx.AsyncClient(transport=transport) as client:
        request = asyncio.ensure_future(client.get(server.url))
        await until(lambda: server.requests)
        await asyncio.sleep(0.01)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)

        assert taken(transport) == 0
        assert await until(lambda: server.open == 0)


async def test_a_cancelled_waiter_does_not_keep_its_turn(serve):
    """Whoever is cancelled in the queue, even just after being granted, passes the turn on."""
    server = serve(OK)
    transport = AsyncPooledTransport(limits=httpx.Limits(max_connections=1))
    async with httpx.AsyncClient(transport=transport) as client:
        requests = [asyncio.ensure_future(client.get(server.url)) for _ in range(40)]
        for number, each in enumerate(requests):
            if number % 2:
                await asyncio.sleep(0)
                each.cancel()
        found = await asyncio.gather(*requests, return_exceptions=True)

        assert [each.content for each in found[::2]] == [b"ok"] * 20
        assert (await client.get(server.url)).content == b"ok"
        assert taken(transport) == 1


async def test_requests_are_served_in_the_order_they_came(serve):
    """The queue is first come, first served."""
    server = serve(OK)
    transport = AsyncPooledTransport(limits=httpx.Limits(max_connections=1))
    async with httpx.AsyncClient(transport=transport) as client:
        await asyncio.gather(*(client.get(f"{server.url}/{n}") for n in range(20)))

    assert server.requests == [("GET", f"/{n}") for n in range(20)]


async def test_an_idle_connection_closed_by_the_server_leaves_the_pool(serve):
    """The loop tells; nobody has to ask for the connection first."""
    server = serve(lambda peer: peer.answer(OK))
    transport = AsyncPooledTransport()
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get(server.url)

        assert await until(lambda: taken(transport) == 0)


def test_one_transport_serves_one_loop_after_another(serve):
    """Each ``asyncio.run`` has connections of its own, closed when it ends."""
    server = serve(OK)
    transport = AsyncPooledTransport()
    client = httpx.AsyncClient(transport=transport)

    async def main():
        return [(await client.get(server.url)).content for _ in range(2)]

    answers = [asyncio.run(main()) for _ in range(3)]

    assert answers == [[b"ok", b"ok"]] * 3
    assert len(transport._pools) == 1  # those of loops that are no more have been dropped
    assert server.connections == 3
    assert server.wait_until_open(0)


def test_one_transport_serves_loops_in_several_threads(serve):
    """Loops that run at the same time do not touch each other's connections."""
    server = serve(OK)
    transport = AsyncPooledTransport()
    client = httpx.AsyncClient(transport=transport, timeout=60)
    answers = []

    async def main():
        for _ in range(20):
            answers.append((await client.get(server.url)).content)

    threads = [threading.Thread(target=asyncio.run, args=(main(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asyncio.run(transport.aclose())

    assert answers == [b"ok"] * 80
    assert server.connections == 4
    assert server.wait_until_open(0)


def test_closing_reaches_the_connections_of_other_loops(serve):
    """``aclose`` in one loop closes what another, still running, has open."""
    server = serve(OK)
    transport = AsyncPooledTransport()
    client = httpx.AsyncClient(transport=transport)
    used, closed = threading.Event(), threading.Event()

    async def main():
        await client.get(server.url)
        used.set()
        await until(lambda: closed.is_set() and not server.open)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    assert used.wait(60)
    asyncio.run(transport.aclose())
    closed.set()
    thread.join()

    assert server.open == 0


async def test_a_dropped_transport_closes_its_connections(serve):
    """Forgetting a client without closing it keeps nothing open."""
    server = serve(OK)

    async def use_and_forget():
        await httpx.AsyncClient(transport=AsyncPooledTransport()).get(server.url)

    await use_and_forget()
    gc.collect()

    assert await until(lambda: server.open == 0)


async def test_a_response_outlives_the_transport_it_came_from(serve):
    """A streamed response can be read when nobody holds the client any more."""

    def script(peer):
        peer.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
        collected.wait(60)
        peer.send(b"world")

    collected = threading.Event()
    server = serve(script)

    async def use_and_forget():
        client = httpx.AsyncClient(transport=AsyncPooledTransport())
        return await client.send(client.build_request("GET", server.url), stream=True)

    response = await use_and_forget()
    gc.collect()
    await asyncio.sleep(0.01)
    collected.set()

    assert await response.aread() == b"helloworld"


def run_with_warnings_as_errors(code, *arguments):
    """Run a program in a process of its own; return what it wrote to standard error."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code, *arguments]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_an_unclosed_client_ends_without_a_warning(serve):
    """A program that never closes its client is not scolded for it at the end."""
    server = serve(OK)
    code = """
import asyncio, sys, httpx
from outpostkit.transport import AsyncPooledTransport

client = httpx.AsyncClient(transport=AsyncPooledTransport())

async def main():
    # A machine that is busy is not worth a word, which -X dev would make of it.
    asyncio.get_running_loop().slow_callback_duration = 60
    assert (await client.get(sys.argv[1])).content == b"ok"

asyncio.run(main())
asyncio.run(main())
"""

    assert run_with_warnings_as_errors(code, server.url) == ""


@pytest.mark.skipif(find_spec("trio") is None, reason="Trio is not installed")
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_trio_is_served_by_httpx(serve, anyio_backend):
    """Without an asyncio loop the transport passes requests on instead of failing."""
    server = serve(OK)
    async with httpx.AsyncClient(transport=AsyncPooledTransport()) as client:
        response = await client.get(server.url)

    assert response.content == b"ok"
