"""The steps of an exchange, without a connection."""

import httpx
import pytest

from outpostkit.transport._exchange import LISTEN, NEXT_CHUNK, RECEIVE, Http1Exchange

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def start(method="GET", content=None):
    exchange = Http1Exchange(httpx.Request(method, "http://a.test/", content=content))
    return exchange, exchange.steps()


def test_a_small_request_is_one_write_and_one_read():
    """Head and body leave together; the answer ends the exchange."""
    exchange, steps = start("POST", b"hello")

    assert next(steps).endswith(b"\r\n\r\nhello")
    assert steps.send(None) is RECEIVE
    with pytest.raises(StopIteration):
        steps.send(OK)
    assert exchange.first_body == b"ok"
    assert exchange.reusable


def test_a_broken_upload_is_followed_by_a_look_for_an_answer():
    """A server may answer and close without having read everything."""
    exchange, steps = start("POST", (piece for piece in [b"a", b"b"]))
    next(steps)
    assert steps.send(None) is NEXT_CHUNK
    assert steps.send(b"a") == b"1\r\na\r\n"

    assert steps.throw(httpx.WriteError("broken pipe")) is RECEIVE
    with pytest.raises(StopIteration):
        steps.send(OK)
    assert not exchange.reusable


def test_a_refusal_ends_the_reading_of_the_body():
    """The caller's iterable is not asked for what would not be sent."""
    exchange, steps = start("POST", (piece for piece in [b"a", b"b"]))
    next(steps)
    assert steps.send(None) is NEXT_CHUNK
    steps.send(b"a")
    assert steps.send(None) is LISTEN
    with pytest.raises(StopIteration):
        steps.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\n")

    assert exchange.reader.status == 413
    assert not exchange.reusable


def test_large_pieces_follow_each_other_with_a_look_now_and_then():
    """A look at the connection costs as much as a write; half a MiB may go out without one."""
    _, steps = start("POST", (b"x" * 65536 for _ in range(20)))
    next(steps)
    seen = [steps.send(None)]
    while len(seen) < 20:
        seen.append(steps.send(b"x" * 65536 if seen[-1] is NEXT_CHUNK else None))

    assert seen.count(LISTEN) == 1
    assert seen.index(LISTEN) == 2 * 512 // 64


def test_an_answer_with_the_last_piece_does_not_cost_the_connection():
    """Everything was sent, although the answer was faster than we could look."""
    exchange, steps = start("PUT", b"x" * 1_000_000)
    next(steps)
    assert len(steps.send(None)) == 1_000_000
    assert steps.send(None) is LISTEN
    with pytest.raises(StopIteration):
        steps.send(OK)

    assert exchange.reusable


def test_a_request_that_never_left_may_be_repeated():
    """Whatever the method: the server cannot have seen it."""
    exchange, steps = start("POST", b"hello")
    next(steps)
    error = httpx.WriteError("broken pipe")
    with pytest.raises(httpx.WriteError):
        steps.throw(error)

    assert exchange.may_repeat(error, reused=True)
    assert not exchange.may_repeat(error, reused=False)
    assert not exchange.may_repeat(httpx.WriteTimeout("slow"), reused=True)
