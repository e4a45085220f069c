"""Our reader of responses against h11, the one in httpx, on whatever hypothesis thinks of."""

import h11
import httpx
from hypothesis import example, given, settings, strategies as st

from outpostkit.transport._response import ResponseReader

METHODS = st.sampled_from(["GET", "POST", "HEAD"])
NAMES = st.sampled_from(["X-A", "Content-Type", "Connection", "Keep-Alive", "Date", "Set-Cookie"])
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)
BODIES = st.binary(max_size=40)

# Pieces of which many combinations are almost responses.
FRAGMENTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 204 No\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200\n",
        b"Content-Length: 5\r\n",
        b"content-length:3\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Connection: close\r\n",
        b"X: a\r\n b\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b"5\r\nhello\r\n",
        b"3;x\r\nabc\r\n",
        b"0\r\n",
        b"hello",
        b" ",
        b"\t",
        b"\0",
        b":",
    ]
)


def cut(data, positions):
    """The pieces of ``data`` between these positions."""
    edges = [0, *sorted(position % (len(data) + 1) for position in positions), len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:]) if a < b]


def read_ours(method, pieces):
    """Status, headers, body and whether the connection may be kept; None when it is refused."""
    reader = ResponseReader(method)
    body = []
    try:
        for piece in [*pieces, b""]:
            body.append(reader.feed(piece))
            if reader.done:
                break
    except httpx.RemoteProtocolError:
        return None
    assert reader.done
    return reader.status, reader.headers, b"".join(body), reader.keep_alive


def read_with_h11(method, pieces):
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=100 * 1024)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    connection.send(h11.EndOfMessage())
    pieces = iter([*pieces, b""])
    head, body = None, []
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(next(pieces))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                excess, ended = connection.trailing_data
                keep = connection.their_state is h11.DONE and not excess and not ended
                headers = [(bytes(name), bytes(value)) for name, value in head.headers.raw_items()]
                return head.status_code, headers, b"".join(body), keep
            elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return None
    except h11.RemoteProtocolError:
        return None


@st.composite
def responses(draw):
    """A legal response with its method, and what it says."""
    method = draw(METHODS)
    headers = draw(st.lists(st.tuples(NAMES, VALUES), max_size=5))
    body = draw(BODIES)
    framing = draw(st.sampled_from(["length", "chunks", "end"]))
    if framing == "length":
        headers.append(("Content-Length", str(len(body))))
        wire = body
    elif framing == "chunks":
        headers.append(("Transfer-Encoding", "chunked"))
        pieces = cut(body, draw(st.lists(st.integers(0, 50), max_size=4)))
        wire = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        wire = body
    status = draw(st.sampled_from([200, 201, 204, 304, 404, 500, 599]))
    if method == "HEAD" or status in (204, 304):
        wire = b""
    lines = [f"HTTP/1.1 {status} Reason", *(f"{name}: {value}" for name, value in headers), "", ""]
    return method, "\r\n".join(lines).encode() + wire


@given(responses(), st.lists(st.integers(0, 400), max_size=6))
def test_legal_responses_are_read_as_h11_reads_them(response, positions):
    """Status, headers, body and the fate of the connection are the same, wherever it is cut."""
    method, data = response

    ours = read_ours(method, cut(data, positions))

    assert ours is not None
    assert ours == read_with_h11(method, [data])


@settings(max_examples=300)
@given(METHODS, st.lists(FRAGMENTS, max_size=12))
@example("GET", [b"HTTP/1.1 200 OK\r\n", b" ", b"X: a\r\n b\r\n", b"\r\n"])
@example("GET", [b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\n\r"])
def test_what_we_accept_h11_accepts_and_reads_the_same(method, fragments):
    """On rubbish we are at least as strict: no message means one thing to us and another to h11."""
    data = b"".join(fragments)

    ours = read_ours(method, [data] if data else [])

    if ours is not None:
        theirs = read_with_h11(method, [data])
        assert theirs is not None
        assert ours[:3] == theirs[:3]
        assert theirs[3] or not ours[3]


@given(st.lists(st.integers(0, 300), max_size=6), st.lists(FRAGMENTS, max_size=10), METHODS)
def test_where_the_network_cuts_makes_no_difference(positions, fragments, method):
    """In pieces or as a whole, the same bytes are the same response."""
    data = b"HTTP/1.1 200 OK\r\n" + b"".join(fragments)

    whole, pieces = (
        read_ours(method, [data] if data else []),
        read_ours(method, cut(data, positions)),
    )

    # Bytes after the end are only seen when they come with it.
    assert (whole and whole[:3]) == (pieces and pieces[:3])
