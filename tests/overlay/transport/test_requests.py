"""What is sent, what is refused before it is sent, and uploads."""

import io
import socket
import threading
from contextlib import suppress

import httpx
import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\nno, sir!"


@pytest.fixture
def recorder(serve):
    """A server that keeps what it received, in ``received``."""
    received = []

    def script(peer):
        while True:
            request = peer.read_request()
            if request is None:
                return
            received.append(request)
            peer.send(OK)

    server = serve(script)
    server.received = received
    return server


def build(url, headers=(), method="GET", body=b"", **extensions):
    """A request with exactly these headers."""
    return httpx.Request(
        method, url, headers=list(headers), stream=httpx.ByteStream(body), extensions=extensions
    )


def test_method_target_and_headers_are_sent_as_given(recorder, http):
    """The request line has path and query; headers keep order and case."""
    http.send(
        build(
            recorder.url + "/a%20b?c=d%2Fe#f",
            [("X-One", "1"), ("Host", "example.test"), ("x-Two", "2"), ("X-One", "3")],
            method="OPTIONS",
        )
    )

    method, path, headers, body = recorder.received[0]
    assert (method, path, body) == ("OPTIONS", "/a%20b?c=d%2Fe", b"")
    assert headers.multi_items() == [
        ("host", "example.test"),
        ("x-one", "1"),
        ("x-two", "2"),
        ("x-one", "3"),
    ]


def test_the_target_extension_replaces_the_path(recorder, http):
    """As with httpx's own transport, for ``OPTIONS *`` and the like."""
    http.send(build(recorder.url, [("Host", "a")], method="OPTIONS", target=b"*"))

    assert recorder.received[0][:2] == ("OPTIONS", "*")


ILLEGAL = {
    "line break in a value": ([("Host", "a"), ("X-Secret", "tok\r\nEvil: 1")], "'X-Secret'"),
    "line feed in a value": ([("Host", "a"), ("X-Secret", "tok\nEvil: 1")], "'X-Secret'"),
    "carriage return in a value": ([("Host", "a"), ("X-Secret", "tok\rEvil: 1")], "'X-Secret'"),
    "NUL in a value": ([("Host", "a"), ("X-Secret", "tok\0")], "'X-Secret'"),
    "line break in a name": ([("Host", "a"), ("X\r\nEvil", "tok")], "illegal header name"),
    "blank in a name": ([("Host", "a"), ("X Y", "tok")], "illegal header name"),
    "no name": ([("Host", "a"), ("", "tok")], "illegal header name"),
    "no Host": ([], "exactly one Host"),
    "two Hosts": ([("Host", "a"), ("Host", "b")], "exactly one Host"),
    "two lengths": ([("Host", "a"), ("Content-Length", "0"), ("Content-Length", "0")], "not both"),
    "length and chunks": (
        [("Host", "a"), ("Content-Length", "0"), ("Transfer-Encoding", "chunked")],
        "not both",
    ),
    "a length in words": ([("Host", "a"), ("Content-Length", "two")], "bad Content-Length"),
    "an unknown coding": ([("Host", "a"), ("Transfer-Encoding", "gzip")], "only Transfer-Encoding"),
}


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_head_is_refused_before_anything_is_sent(recorder, http, name):
    """Nobody can smuggle a header in, and the message does not repeat a secret value."""
    headers, message = ILLEGAL[name]

    with pytest.raises(httpx.LocalProtocolError, match=message) as caught:
        http.send(build(recorder.url, headers))
    assert "tok" not in str(caught.value)
    assert recorder.connections == 0


@pytest.mark.parametrize(
    ("method", "target"),
    [("GE T", b"/"), ("GET\r\nX:", b"/"), ("GET", b"/a b"), ("GET", b"/\r\nX")],
)
def test_an_illegal_request_line_is_refused(recorder, http, method, target):
    """Method and target cannot end the line early either."""
    with pytest.raises(httpx.LocalProtocolError, match="illegal"):
        http.send(build(recorder.url, [("Host", "a")], method=method, target=target))
    assert recorder.connections == 0


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "//127.0.0.1/", "/path", "http:///path"])
def test_other_urls_are_refused(http, url):
    """Only http and https with a host can be requested."""
    with pytest.raises(httpx.UnsupportedProtocol):
        http.send(build(url, [("Host", "a")]))


@pytest.mark.parametrize("size", [0, 10, 70_000, 3_000_000])
def test_a_body_in_memory_arrives_whole(recorder, http, size):
    """Small bodies travel with the head, large ones in pieces."""
    body = bytes(range(251)) * (size // 251 + 1)

    http.request("POST", recorder.url, content=body[:size])
    http.request("POST", recorder.url, content=b"next")

    assert [request[3] for request in recorder.received] == [body[:size], b"next"]
    assert recorder.connections == 1


def test_an_iterable_is_sent_in_chunks(recorder, http):
    """Without a length the body is chunked; empty pieces do not end it."""
    pieces = [b"one", b"", b"two", b"x" * 100_000]

    http.request("POST", recorder.url, content=http.body(pieces))
    http.request("POST", recorder.url, content=b"next")

    assert recorder.received[0][2]["transfer-encoding"] == "chunked"
    assert [request[3] for request in recorder.received] == [b"".join(pieces), b"next"]
    assert recorder.connections == 1


def test_an_iterable_may_come_with_a_length(recorder, http):
    """A declared length is kept to, and the body is sent as it is."""
    http.request(
        "PUT", recorder.url, content=http.body([b"he", b"llo"]), headers={"Content-Length": "5"}
    )

    assert recorder.received[0][2].get("transfer-encoding") is None
    assert recorder.received[0][3] == b"hello"


def test_files_are_uploaded(recorder, http):
    """Multipart bodies of httpx pass through."""
    http.request("POST", recorder.url, files={"f": ("a.bin", io.BytesIO(b"x" * 200_000))})

    assert b"x" * 200_000 in recorder.received[0][3]


@pytest.mark.parametrize(
    ("pieces", "message"), [([b"hell"], "Too little data"), ([b"hello!"], "Too much data")]
)
def test_a_body_of_another_length_is_refused(recorder, http, pieces, message):
    """The server would wait for the rest, or take it for the next request."""
    with pytest.raises(httpx.LocalProtocolError, match=message):
        http.request(
            "PUT", recorder.url, content=http.body(pieces), headers={"Content-Length": "5"}
        )
    assert http.places_taken() == 0


def test_an_error_of_the_body_reaches_the_caller(recorder, http):
    """What the caller's own iterable raises comes out, and the connection is closed."""

    def broken():
        yield b"one"
        raise KeyError("mine")

    async def broken_async():
        for piece in broken():
            yield piece

    with pytest.raises(KeyError, match="mine"):
        http.request(
            "POST", recorder.url, content=broken() if http.name == "sync" else broken_async()
        )
    assert http.places_taken() == 0


hung_up = threading.Event()


def refuse_and_read_no_more(peer):
    """Answer after the head, leave the body unread, keep the connection open."""
    while b"\r\n\r\n" not in peer.unread:
        peer._read_more()
    peer.send(REFUSED)
    hung_up.wait(60)


def refuse_and_close(peer):
    """Answer after the head and hang up: writing on fails with a reset."""
    while b"\r\n\r\n" not in peer.unread:
        peer._read_more()
    peer.send(REFUSED)


@pytest.mark.parametrize("script", [refuse_and_read_no_more, refuse_and_close])
@pytest.mark.parametrize("form", ["memory", "chunks", "length"])
def test_a_refused_upload_ends_early(serve, http, form, script):
    """The server's answer is returned at once, even if it never reads the body."""
    hung_up.clear()
    server = serve(script)
    size = 20_000_000
    pieces = (b"x" * 1_000_000 for _ in range(20))
    content, headers = {
        "memory": (b"x" * size, {}),
        "chunks": (http.body(pieces), {}),
        "length": (http.body(pieces), {"Content-Length": str(size)}),
    }[form]

    response = http.request("POST", server.url, content=content, headers=headers)

    hung_up.set()
    assert (response.status_code, response.content) == (413, b"no, sir!")
    assert http.places_taken() == 0


@pytest.mark.parametrize("form", ["memory", "pieces"])
def test_a_refused_upload_stops_when_the_refusal_begins(serve, http, form):
    """What would be thrown away is not sent, even if the body of the refusal is still to come."""
    received = []

    def script(peer):
        while b"\r\n\r\n" not in peer.unread:
            peer._read_more()
        peer.send(REFUSED[:-8])
        peer.sock.settimeout(0.1)
        received.append(0)
        with suppress(socket.timeout):
            while peer.unread:
                peer.unread = peer.sock.recv(1_000_000)
                received[0] += len(peer.unread)
        peer.send(REFUSED[-8:])

    server = serve(script)
    size = 50_000_000
    pieces = http.body(b"x" * 100_000 for _ in range(size // 100_000))

    response = http.request(
        "POST",
        server.url,
        content=b"x" * size if form == "memory" else pieces,
        headers={"Content-Length": str(size)},
    )

    assert response.content == b"no, sir!"
    assert received[0] < size // 2


def test_a_server_may_ask_for_the_rest(serve, http):
    """``100 Continue`` in the middle of an upload does not end it."""

    def script(peer):
        while b"\r\n\r\n" not in peer.unread:
            peer._read_more()
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        bodies.append(peer.read_request()[3])
        peer.send(OK)
        peer.wait_for_end()

    bodies = []
    server = serve(script)

    response = http.request("POST", server.url, content=http.body([b"x" * 500_000] * 4))

    assert response.content == b"ok"
    assert bodies == [b"x" * 2_000_000]
    assert http.places_taken() == 1


@pytest.mark.parametrize("form", ["memory", "pieces"])
def test_a_server_may_answer_while_it_reads(serve, http, form):
    """An answer that begins before the upload has ended does not stop the upload."""

    size = 12_000_000

    def echo(peer):
        while b"\r\n\r\n" not in peer.unread:
            peer._read_more()
        _, _, left = peer.unread.partition(b"\r\n\r\n")
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + left)
        sent = len(left)
        while sent < size:
            data = peer.sock.recv(1_000_000)
            if not data:
                return
            peer.send(data)
            sent += len(data)
        peer.wait_for_end()

    server = serve(echo)
    pieces = [b"%06d" % number * 20_000 for number in range(100)]

    response = http.request(
        "POST",
        server.url,
        content=b"".join(pieces) if form == "memory" else http.body(pieces),
        headers={"Content-Length": str(size)},
    )

    assert response.content == b"".join(pieces)
    assert http.places_taken() == 1
