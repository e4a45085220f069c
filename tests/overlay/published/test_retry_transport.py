"""The transport that programs wrap around their own: when it sends a request again."""

import time
from typing import Any, Iterator

import anyio
import httpx
import pytest

from outpostkit._published.retry_transport import RetryTransport
from outpostkit.exceptions import ConfigurationError


@pytest.fixture(params=["blocking", "async"])
def send(request: pytest.FixtureRequest, server: Any) -> Any:
    """Send one request through the transport, in both colours; return the status."""

    def once(method: str, *, content: Any = None, **options: Any) -> int:
        options.setdefault("backoff_factor", 0.01)
        if request.param == "blocking":
            transport = RetryTransport(httpx.HTTPTransport(), **options)
            with httpx.Client(transport=transport, timeout=60) as client:
                return client.request(method, f"{server.url}/x", content=content).status_code

        async def main() -> int:
            transport = RetryTransport(httpx.AsyncHTTPTransport(), **options)
            async with httpx.AsyncClient(transport=transport, timeout=60) as client:
                answer = await client.request(method, f"{server.url}/x", content=content)
                return answer.status_code

        return anyio.run(main)

    return once


@pytest.mark.parametrize("status", [429, 503, 504])
def test_a_busy_server_is_asked_again(send, server, status) -> None:
    """Until it answers."""
    server.on("GET", "/x", server.empty(status), server.empty(status), server.empty(200))

    assert send("GET") == 200
    assert len(server.requests) == 3


@pytest.mark.parametrize(("method", "status"), [("POST", 503), ("GET", 500), ("GET", 404)])
def test_other_requests_and_statuses_are_answered_at_once(send, server, method, status) -> None:
    """A POST may have been executed; a 500 or 404 stays."""
    server.on(method, "/x", server.empty(status))

    assert send(method) == status
    assert len(server.requests) == 1


def test_the_last_answer_is_returned_when_attempts_end(send, server) -> None:
    """As it came."""
    server.on("GET", "/x", server.empty(503))

    assert send("GET", max_attempts=3) == 503
    assert len(server.requests) == 3


def test_methods_and_statuses_can_be_chosen(send, server) -> None:
    """In the caller's own words."""
    server.on("POST", "/x", server.empty(500), server.empty(201))

    assert send("POST", retryable_methods=["post"], retry_status_codes=[500]) == 201


def test_a_server_cannot_make_it_wait_longer_than_the_ceiling(send, server) -> None:
    """Whatever Retry-After says."""
    server.on("GET", "/x", server.json({}, 503, Retry_After="86400"), server.empty(200))
    began = time.monotonic()

    assert send("GET", max_backoff_wait=0.05) == 200
    assert 0.04 < time.monotonic() - began < 60


def test_a_body_that_can_be_read_once_is_sent_once(server) -> None:
    """A second attempt would send nothing."""

    def body() -> Iterator[bytes]:
        yield b"once"

    server.on("PUT", "/x", server.empty(503))

    with httpx.Client(transport=RetryTransport(httpx.HTTPTransport())) as client:
        assert client.put(f"{server.url}/x", content=body()).status_code == 503

    assert [request.data for request in server.requests] == [b"once"]


def test_a_transport_of_the_other_colour_is_refused(server) -> None:
    """With the way out."""
    blocking = RetryTransport(httpx.HTTPTransport())
    twin = RetryTransport(httpx.AsyncHTTPTransport())

    with httpx.Client(transport=twin) as client, pytest.raises(TypeError, match="AsyncClient"):
        client.get(server.url)

    async def main() -> None:
        async with httpx.AsyncClient(transport=blocking) as client:
            await client.get(server.url)

    with pytest.raises(TypeError, match=r"httpx\.Client"):
        anyio.run(main)


def test_numbers_that_make_no_sense_are_refused() -> None:
    """By name."""
    with pytest.raises(ConfigurationError, match="max_attempts"):
        RetryTransport(httpx.HTTPTransport(), max_attempts=0)
