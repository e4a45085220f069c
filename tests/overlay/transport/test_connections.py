"""When a connection is used again, when not, and who waits for whom."""

import gc
import threading
import time

import httpx
import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Answers after which the server may not be asked again on the same connection.
LAST_WORDS = {
    "connection: close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    "close among others": b"HTTP/1.1 200 OK\r\nConnection: X, Close\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "bytes after the body": OK + b"HTTP/1.1 200 OK\r\n",
    "bytes after the chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore"
    ),
    "a length and chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n"
        b"2\r\nok\r\n0\r\n\r\n"
    ),
    "idle for a second at most": (
        b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok"
    ),
}


def test_one_connection_carries_many_requests(serve, http):
    """A connection whose response was read is used again."""
    server = serve(OK)

    for _ in range(5):
        http.request("GET", server.url)

    assert server.connections == 1
    assert http.places_taken() == 1


@pytest.mark.parametrize("why", LAST_WORDS)
def test_a_connection_is_not_used_after_such_an_answer(serve, http, why):
    """A server can end a connection in words, and a doubtful one is ended by us."""
    server = serve(LAST_WORDS[why])

    answers = [http.request("GET", server.url) for _ in range(2)]

    assert [answer.content for answer in answers] == [b"ok", b"ok"]
    assert server.connections == 2
    assert server.wait_until_open(0)


def test_a_request_that_asks_for_the_end_gets_it(serve, http):
    """``Connection: close`` in the request closes the connection after the response."""
    server = serve(OK)

    http.request("GET", server.url, headers={"Connection": "close"})

    assert http.places_taken() == 0
    assert server.wait_until_open(0)


def test_a_response_closed_unread_closes_its_connection(serve, http):
    """The rest of a body nobody wants is not waited for."""
    body = b"x" * 500_000
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + body, OK)

    response = http.open("GET", server.url)
    http.close_response(response)

    assert http.places_taken() == 0
    assert http.request("GET", server.url).content == b"ok"


def test_a_forgotten_response_gives_its_place_back(serve, connect):
    """A response that was dropped without being read or closed does not block the pool."""
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + b"x" * 9, OK)
    http = connect(limits=httpx.Limits(max_connections=1))

    http.open("GET", server.url)
    gc.collect()

    assert http.request("GET", server.url).content == b"ok"
    assert http.places_taken() == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_the_server_closed_while_idle_is_noticed(serve, http, method):
    """Nothing is sent on a connection that is known to be dead, whatever the method."""
    server = serve(lambda peer: peer.answer(OK), OK)
    http.request("GET", server.url)
    assert server.wait_until_open(0)
    http.wait_until_idle_is_stale()

    response = http.request(method, server.url, content=http.body([b"once"]))

    assert response.content == b"ok"
    assert server.connections == 2
    assert len(server.requests) == 2


def answer_once_then_hang_up(peer):
    """Answer, then take the next request and close without a word: a stale connection."""
    peer.answer(OK)
    peer.read_request()


def answer_once_then_reset(peer):
    peer.answer(OK)
    peer.read_request()
    peer.reset()


@pytest.mark.parametrize("script", [answer_once_then_hang_up, answer_once_then_reset])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_request_lost_on_a_kept_connection_is_sent_once_more(serve, http, script, method):
    """What may be executed twice is repeated on a new connection, unseen by the caller."""
    server = serve(script, OK)
    http.request("GET", server.url)

    response = http.request(method, server.url, content=b"again")

    assert response.content == b"ok"
    assert server.requests == [("GET", "/"), (method, "/"), (method, "/")]
    assert http.places_taken() == 1


def test_a_lost_post_is_reported_and_not_repeated(serve, http):
    """The server may have executed it before it closed the connection."""
    server = serve(answer_once_then_hang_up, OK)
    http.request("GET", server.url)

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        http.request("POST", server.url, content=b"once")
    assert server.requests == [("GET", "/"), ("POST", "/")]
    assert http.places_taken() == 0


def test_who_makes_a_request_knows_better_than_its_method(serve, http):
    """An extension of httpx says whether it may be executed twice."""
    server = serve(answer_once_then_hang_up, answer_once_then_hang_up, OK)
    http.request("GET", server.url)

    again = http.request("POST", server.url, content=b"", extensions={"idempotent": True})
    with pytest.raises(httpx.RemoteProtocolError):
        http.request("PUT", server.url, content=b"", extensions={"idempotent": False})

    assert again.content == b"ok"
    assert server.requests == [("GET", "/"), ("POST", "/"), ("POST", "/"), ("PUT", "/")]


def test_a_lost_body_that_can_be_read_once_is_not_repeated(serve, http):
    """There is nothing left to send a second time."""
    server = serve(answer_once_then_hang_up, OK)
    http.request("GET", server.url)

    with pytest.raises(httpx.RemoteProtocolError):
        http.request("PUT", server.url, content=http.body([b"once"]))


def test_a_new_connection_that_dies_is_reported(serve, http):
    """Only a kept connection can be stale; on a new one the server has a problem."""
    server = serve(lambda peer: peer.read_request(), OK)

    with pytest.raises(httpx.RemoteProtocolError):
        http.request("GET", server.url)
    assert server.connections == 1


def test_a_response_that_began_is_never_repeated(serve, http):
    """Half an answer proves that the request was executed."""

    def script(peer):
        peer.answer(OK)
        peer.answer(b"HTTP/1.1 200")

    server = serve(script, OK)
    http.request("GET", server.url)

    with pytest.raises(httpx.RemoteProtocolError, match="middle of the response head"):
        http.request("GET", server.url)


def test_idle_connections_expire(serve, connect):
    """A connection that rested longer than ``keepalive_expiry`` is closed, not used."""
    server = serve(OK)
    http = connect(limits=httpx.Limits(keepalive_expiry=0.02))

    http.request("GET", server.url)
    time.sleep(0.03)
    http.request("GET", server.url)

    assert server.connections == 2
    assert http.places_taken() == 1


def test_no_more_connections_are_kept_than_asked_for(serve, connect):
    """The connection that rested longest makes room for the next."""
    servers = [serve(OK) for _ in range(3)]
    http = connect(limits=httpx.Limits(max_keepalive_connections=2))

    for server in servers:
        http.request("GET", server.url)

    assert http.places_taken() == 2
    assert servers[0].wait_until_open(0)


def test_an_idle_connection_to_another_server_makes_room(serve, connect):
    """``max_connections`` counts idle connections, but they never make a request wait."""
    first, second = serve(OK), serve(OK)
    http = connect(limits=httpx.Limits(max_connections=1))

    http.request("GET", first.url)
    http.request("GET", second.url)

    assert http.places_taken() == 1
    assert first.wait_until_open(0)


def test_no_more_than_max_connections_are_opened(serve, connect):
    """Requests beyond the limit wait for their turn and are all answered."""
    server = serve(OK)
    http = connect(limits=httpx.Limits(max_connections=3))

    found = http.all_at_once([("GET", f"{server.url}/{n}") for n in range(30)])

    assert [answer.content for answer in found] == [b"ok"] * 30
    assert server.connections <= 3


def test_waiting_requests_to_two_servers_share_one_place(serve, connect):
    """A place that becomes free goes to the first in the queue, whatever server it wants."""
    servers = [serve(OK), serve(OK)]
    http = connect(limits=httpx.Limits(max_connections=1))

    found = http.all_at_once([("GET", servers[n % 2].url) for n in range(10)])

    assert [answer.content for answer in found] == [b"ok"] * 10
    assert http.places_taken() == 1


def test_waiting_for_a_connection_ends_in_a_pool_timeout(serve, connect):
    """The ``pool`` timeout bounds the wait, and whoever gave up leaves the queue."""
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", OK)
    http = connect(limits=httpx.Limits(max_connections=1))
    response = http.open("GET", server.url)

    with pytest.raises(httpx.PoolTimeout, match=r"within 0\.05 s"):
        http.request("GET", server.url, timeout=httpx.Timeout(2, pool=0.05))

    http.close_response(response)
    assert http.request("GET", server.url).content == b"ok"


def test_a_failed_connect_frees_its_place(serve, connect, unused_port):
    """Failures do not use the pool up."""
    http = connect(limits=httpx.Limits(max_connections=1))

    for _ in range(3):
        with pytest.raises(httpx.ConnectError):
            http.request("GET", f"http://127.0.0.1:{unused_port}")

    assert http.places_taken() == 0


def test_closing_the_transport_closes_idle_connections(serve, http):
    """And doing it again changes nothing."""
    server = serve(OK)
    http.request("GET", server.url)

    http.close_transport()
    http.close_transport()

    assert server.wait_until_open(0)


def test_closing_the_transport_ends_open_responses(serve, http):
    """A response that was being streamed fails, it does not hang."""
    server = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
    response = http.open("GET", server.url)

    http.close_transport()

    with pytest.raises(httpx.TransportError):
        http.read(response)
    assert server.wait_until_open(0)


def test_a_closed_transport_says_so(serve, http):
    """Nothing is opened that nobody would close."""
    server = serve(OK)
    http.request("GET", server.url)
    http.close_transport()

    with pytest.raises(RuntimeError, match="has been closed"):
        http.request("GET", server.url)
    assert server.connections == 1


def test_closing_the_transport_wakes_those_who_wait(serve, connect):
    """Nobody waits for a connection that will never be free."""
    server = serve(lambda peer: peer.read_request() and peer.wait_for_end())
    http = connect(limits=httpx.Limits(max_connections=1))

    def close_when_they_wait():
        server.wait_for_requests(1)
        http.wait_until_queued(2)
        if http.name == "sync":
            http.close_transport()
        else:
            http.loop.call_soon_threadsafe(lambda: http.loop.create_task(http.transport.aclose()))

    closer = threading.Thread(target=close_when_they_wait)
    closer.start()
    found = http.all_at_once([("GET", server.url)] * 3)
    closer.join()

    assert sorted(type(error).__name__ for error in found) == [
        "RemoteProtocolError",
        "RuntimeError",
        "RuntimeError",
    ]
