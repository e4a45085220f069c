"""What a server may answer, and what becomes of it."""

import gzip
import threading
import time

import httpx
import pytest

HEAD = b"HTTP/1.1 200 OK\r\n"

# name: (what the server sends before it closes the connection, status, body)
WELL_FORMED = {
    "content-length": (HEAD + b"Content-Length: 5\r\n\r\nhello", 200, b"hello"),
    "the same length twice": (HEAD + b"Content-Length: 5, 5\r\n\r\nhello", 200, b"hello"),
    "empty body": (HEAD + b"Content-Length: 0\r\n\r\n", 200, b""),
    "chunked": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        200,
        b"hello",
    ),
    "chunked with extensions and trailers": (
        HEAD + b"transfer-encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n0;c\r\nX-Sum: 1\r\n\r\n",
        200,
        b"hello",
    ),
    "until the connection ends": (HEAD + b"\r\nhello", 200, b"hello"),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello"),
    "interim answers first": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        + HEAD
        + b"Content-Length: 5\r\n\r\nhello",
        200,
        b"hello",
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
    "not modified, with the length of the body": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        304,
        b"",
    ),
    "no reason phrase": (b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello"),
    "a status nobody knows": (b"HTTP/1.1 599 Odd\r\nContent-Length: 5\r\n\r\nhello", 599, b"hello"),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", 200, b"hello"),
    "a header over two lines": (
        HEAD + b"X-Long: one\r\n  two\r\nContent-Length: 5\r\n\r\nhello",
        200,
        b"hello",
    ),
}

# name: (what the server sends before it closes the connection, part of the error message)
MALFORMED = {
    "nothing at all": (b"", "without sending a response"),
    "half a head": (HEAD + b"Content-Le", "middle of the response head"),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", "illegal status line"),
    "a status below 100": (b"HTTP/1.1 099 Low\r\n\r\n", "illegal status line"),
    "HTTP/2 in plain text": (b"HTTP/2.0 200 OK\r\n\r\n", "illegal status line"),
    "a space in a header name": (HEAD + b"Bad Name: 1\r\n\r\n", "illegal line"),
    "a header without a colon": (HEAD + b"Nonsense\r\n\r\n", "illegal line"),
    "NUL in a header": (HEAD + b"X: a\0b\r\n\r\n", "illegal line"),
    "headers without end": (HEAD + b"X: " + b"a" * 200_000, "exceed 100 KiB"),
    "too many headers": (HEAD + b"X: a\r\n" * 20_000 + b"\r\n", "exceed 100 KiB"),
    "two lengths": (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "conflicting"),
    "a list of lengths": (HEAD + b"Content-Length: 5, 6\r\n\r\nhello", "conflicting"),
    "a negative length": (HEAD + b"Content-Length: -5\r\n\r\nhello", "bad Content-Length"),
    "a length in words": (HEAD + b"Content-Length: five\r\n\r\nhello", "bad Content-Length"),
    "an unknown transfer coding": (
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "only Transfer-Encoding: chunked",
    ),
    "chunked twice": (
        HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "only Transfer-Encoding: chunked",
    ),
    "a chunk size in words": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nfive\r\nhello\r\n0\r\n\r\n",
        "malformed chunk",
    ),
    "a chunk longer than its size": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
        "malformed chunk",
    ),
    "a chunk size without end": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"a" * 9000,
        "malformed chunk",
    ),
    "a body that ends early": (
        HEAD + b"Content-Length: 50\r\n\r\nhello",
        "received 5 bytes, expected 50",
    ),
    "chunks that end early": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n50\r\nhello",
        "incomplete chunked read",
    ),
    "no last chunk": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "incomplete chunked read",
    ),
    "another protocol from now on": (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "switched to another protocol",
    ),
}


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_response_is_read_to_its_end(serve, http, name):
    """Status and body of every legal form of response arrive."""
    sent, status, body = WELL_FORMED[name]
    server = serve(lambda peer: peer.answer(sent))

    response = http.request("GET", server.url)

    assert (response.status_code, response.content) == (status, body)


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_response_may_arrive_byte_by_byte(serve, http, name):
    """Where the network cuts a response makes no difference."""
    sent, status, body = WELL_FORMED[name]

    def drip(peer):
        peer.read_request()
        for position in range(len(sent)):
            peer.send(sent[position : position + 1])

    server = serve(drip)

    response = http.request("GET", server.url)

    assert (response.status_code, response.content) == (status, body)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_response_is_refused(serve, http, name):
    """What is not HTTP/1.1, or ends early, is a RemoteProtocolError and leaves nothing open."""
    sent, message = MALFORMED[name]
    server = serve(lambda peer: peer.answer(sent))

    with pytest.raises(httpx.RemoteProtocolError, match=message):
        http.request("GET", server.url)

    assert http.places_taken() == 0


@pytest.mark.parametrize(
    "sent",
    [b"SSH-2.0-OpenSSH", HEAD + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhello"],
    ids=["another protocol", "a chunk longer than its size"],
)
def test_what_cannot_become_right_is_not_waited_for(serve, http, sent):
    """The error comes with the first wrong byte, not with the read timeout."""
    server = serve(lambda peer: (peer.answer(sent), peer.wait_for_end()))

    with pytest.raises(httpx.RemoteProtocolError):
        http.request("GET", server.url)


def test_the_head_of_a_response_is_kept_as_sent(serve, http):
    """Header names keep their case, repeated headers stay apart, surrounding blanks go."""
    server = serve(
        b"HTTP/1.1 404 Not Here\r\nX-One:  1 \r\nX-one: 2\r\nEmpty:\r\nContent-Length: 0\r\n\r\n"
    )

    response = http.request("GET", server.url)

    assert response.headers.raw == [
        (b"X-One", b"1"),
        (b"X-one", b"2"),
        (b"Empty", b""),
        (b"Content-Length", b"0"),
    ]
    assert response.reason_phrase == "Not Here"
    assert response.http_version == "HTTP/1.1"


def test_the_answer_to_head_has_no_body(serve, http):
    """The Content-Length of an answer to HEAD speaks of a body that does not follow."""
    server = serve(HEAD + b"Content-Length: 5\r\n\r\n")

    answers = [http.request("HEAD", server.url) for _ in range(2)]

    assert [answer.content for answer in answers] == [b"", b""]
    assert server.connections == 1


def test_a_response_is_streamed_as_it_arrives(serve, http):
    """The first piece of a body can be read while the rest has not been sent."""

    def script(peer):
        peer.read_request()
        peer.send(HEAD + b"Content-Length: 10\r\n\r\nfirst")
        peer.wait_for_end()

    server = serve(script)

    response = http.open("GET", server.url)
    piece = http.read_some(response)
    http.close_response(response)

    assert piece == b"first"
    assert http.places_taken() == 0
    assert server.wait_until_open(0)


def test_compressed_bodies_are_decoded_by_httpx(serve, http):
    """The transport hands the bytes on as they are."""
    packed = gzip.compress(b"hello" * 1000)
    server = serve(
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    )

    assert http.request("GET", server.url).content == b"hello" * 1000


def test_a_large_body_arrives_whole(serve, http):
    """Bodies of more than one read are put together in order."""
    body = bytes(range(256)) * 20_000
    server = serve(HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    assert http.request("GET", server.url).content == body
    assert http.request("GET", server.url).content == body
    assert server.connections == 1


def test_a_slow_reader_slows_the_server_down(serve, http):
    """What nobody has asked for yet stays with the server; later it is all there."""
    size = 20_000_000
    server = serve(HEAD + b"Content-Length: %d\r\n\r\n" % size + b"x" * size)

    response = http.open("GET", server.url)
    time.sleep(0.02)
    http.request("GET", server.url + "/meanwhile")

    assert len(http.read(response)) == size


def test_a_connection_that_breaks_in_the_body_is_a_read_error(serve, http):
    """A reset is told apart from an end."""

    def script(peer):
        peer.read_request()
        peer.send(HEAD + b"Content-Length: 10\r\n\r\nfirst")
        started.wait(60)
        peer.reset()

    started = threading.Event()
    server = serve(script)
    response = http.open("GET", server.url)
    started.set()

    with pytest.raises(httpx.ReadError):
        http.read(response)
    assert http.places_taken() == 0
