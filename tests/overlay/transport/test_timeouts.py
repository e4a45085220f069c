"""Each phase has its own timeout and its own error."""

import socket
import threading
import time

import httpx
import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def full_port():
    """A port whose queue of connections is full: a connect there gets no answer."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    fillers = []
    for _ in range(3):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    yield port
    for each in [listener, *fillers]:
        each.close()


def short(phase):
    return httpx.Timeout(60, **{phase: 0.05})


def test_a_host_that_does_not_answer_is_a_connect_timeout(http, full_port):
    """The ``connect`` timeout bounds opening the connection."""
    with pytest.raises(httpx.ConnectTimeout, match=r"within 0\.05 s"):
        http.request("GET", f"http://127.0.0.1:{full_port}", timeout=short("connect"))
    assert http.places_taken() == 0


def test_a_refused_connection_is_a_connect_error(http, unused_port):
    """The message names host and port."""
    with pytest.raises(httpx.ConnectError, match=f"127.0.0.1:{unused_port}"):
        http.request("GET", f"http://127.0.0.1:{unused_port}")


def test_an_unknown_host_is_a_connect_error(http, monkeypatch):
    """A name that does not resolve is told like a host that refuses."""

    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(httpx.ConnectError, match="not known"):
        http.request("GET", "http://nowhere.test/")


def test_a_server_that_never_answers_is_a_read_timeout(serve, http):
    """The ``read`` timeout bounds the wait for the response."""
    server = serve(lambda peer: peer.read_request() and peer.wait_for_end())

    with pytest.raises(httpx.ReadTimeout, match=r"for 0\.05 s"):
        http.request("GET", server.url, timeout=short("read"))
    assert http.places_taken() == 0
    assert server.wait_until_open(0)


def test_a_body_that_stops_is_a_read_timeout(serve, http):
    """The ``read`` timeout bounds each wait for more of the body."""

    def script(peer):
        peer.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
        peer.wait_for_end()

    server = serve(script)

    with pytest.raises(httpx.ReadTimeout):
        http.request("GET", server.url, timeout=short("read"))
    assert http.places_taken() == 0


def test_a_server_that_does_not_read_is_a_write_timeout(serve, http):
    """The ``write`` timeout bounds each wait for the server to take more."""
    released = threading.Event()
    server = serve(lambda peer: released.wait(60))

    with pytest.raises(httpx.WriteTimeout, match=r"for 0\.05 s"):
        http.request("POST", server.url, content=b"x" * 20_000_000, timeout=short("write"))
    released.set()
    assert http.places_taken() == 0


def test_no_timeout_means_no_timeout(serve, http):
    """``timeout=None`` waits as long as it takes."""

    def script(peer):
        peer.read_request()
        time.sleep(0.1)
        peer.send(OK)

    server = serve(script)

    assert http.request("GET", server.url, timeout=None).content == b"ok"


def test_a_dead_address_does_not_hide_a_living_one(serve, http, full_port, monkeypatch):
    """When a host has several addresses, the first that answers is used, and soon."""
    server = serve(OK)

    def two_addresses(host, *_, **__):
        assert host == "two.test"
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))
            for port in (full_port, server.port)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)

    response = http.request("GET", "http://two.test/", timeout=httpx.Timeout(60, connect=10))

    assert response.content == b"ok"


def test_a_refusing_address_does_not_hide_a_living_one(serve, http, unused_port, monkeypatch):
    """A refusal moves on to the next address at once."""
    server = serve(OK)

    def two_addresses(*_, **__):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", port))
            for port in (unused_port, server.port)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)

    assert http.request("GET", "http://two.test/").content == b"ok"


def test_the_error_tells_when_every_address_refuses(http, unused_port, monkeypatch):
    """All addresses are tried before giving up."""

    def two_addresses(*_, **__):
        where = ("127.0.0.1", unused_port)
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)] * 2

    monkeypatch.setattr(socket, "getaddrinfo", two_addresses)

    with pytest.raises(httpx.ConnectError, match=r"two\.test"):
        http.request("GET", "http://two.test/")
