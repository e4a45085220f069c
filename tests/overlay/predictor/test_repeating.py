"""Which predictions are sent again, with which key, and for how long."""

import socket
import threading
from typing import Any, Dict, Iterator, List

import pytest

from outpostkit import PredictionInput, RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostConnectionError,
    OutpostTimeoutError,
    PredictionHTTPException,
)

KEY = "Idempotency-Key"
FAILED = {"detail": "not now"}


def infer(sdk: Any, options: Any = None, **arguments: Any) -> Any:
    """Send one prediction with a client of these options."""
    return sdk.do(
        lambda client: sdk.predictor(client).infer(json=1, **arguments), **(options or {})
    )


def keys(server: Any) -> List[str]:
    """The keys of all requests."""
    return [request.headers.get(KEY, "") for request in server.requests]


@pytest.mark.parametrize("headers", [{"Retry_After": "0"}, {}])
def test_what_was_too_much_is_sent_again(sdk, server, headers: Dict[str, str]) -> None:
    """A 429 says that nothing was executed; without Retry-After the pause is a back-off."""
    server.on("POST", "/predict", *[server.json(FAILED, 429, **headers)] * 2, server.json(7))

    assert infer(sdk).json() == 7
    assert keys(server) == ["", "", ""]


def test_who_forbids_retries_gets_the_429(sdk, server) -> None:
    """With how long to wait."""
    server.on("POST", "/predict", server.json(FAILED, 429, Retry_After="7"))

    with pytest.raises(PredictionHTTPException) as caught:
        infer(sdk, {"retry": RetryPolicy(max_attempts=1)})

    assert (caught.value.status_code, caught.value.retry_after_s) == (429, 7)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_is_final_unless_the_prediction_is_repeatable(sdk, server, status: int) -> None:
    """It may have been made; with a key that does not matter, and all attempts carry the same."""
    server.on("POST", "/predict", *[server.json(FAILED, status)] * 2, server.json(7))

    with pytest.raises(PredictionHTTPException):
        infer(sdk)

    assert infer(sdk, repeatable=True).json() == 7
    none, first, second = keys(server)
    assert none == ""
    assert first == second != ""


def test_each_prediction_has_a_key_of_its_own(sdk, server) -> None:
    """Two of the same input are two."""
    server.on("POST", "/predict", server.json(7))

    infer(sdk, repeatable=True)
    infer(sdk, repeatable=True)

    assert len(set(keys(server))) == 2


def test_a_key_of_the_caller_makes_it_repeatable_and_stays(sdk, server) -> None:
    """Also where the client would add one."""
    server.on("POST", "/predict", server.json(FAILED, 503), server.json(7))

    assert infer(sdk, headers={KEY: "mine"}, repeatable=True).json() == 7
    assert keys(server) == ["mine", "mine"]


@pytest.mark.parametrize("is_batch", [False, True])
def test_a_failure_is_final_where_the_call_says_so_whatever_its_key(sdk, server, is_batch) -> None:
    """An explicit ``repeatable=False`` wins; the key is sent all the same."""
    server.on("POST", "/predict", server.json(FAILED, 503), server.json(7))
    mine = PredictionInput(json=1, headers={KEY: "mine"})

    async def waiting(client: Any) -> Any:
        return [each async for each in sdk.predictor(client).infer_many([mine], repeatable=False)]

    def blocking(client: Any) -> Any:
        if is_batch:
            return list(sdk.predictor(client).infer_many([mine], repeatable=False))
        return sdk.predictor(client).infer(**mine.arguments(), repeatable=False)

    with pytest.raises(PredictionHTTPException) as caught:
        sdk.do(waiting if sdk.is_async and is_batch else blocking)

    assert caught.value.status_code == 503
    assert keys(server) == ["mine"]


def test_a_blank_key_is_none(sdk, server) -> None:
    """No server can tell such requests apart."""
    server.on("POST", "/predict", server.json(FAILED, 503))

    with pytest.raises(PredictionHTTPException):
        infer(sdk, headers={KEY: " "})

    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("of_client", "of_predictor", "of_call", "attempts"),
    [
        (True, None, None, 2),
        (False, True, None, 2),
        (True, False, None, 1),
        (True, True, False, 1),
        (False, False, True, 2),
    ],
)
def test_the_nearest_word_counts(
    sdk, server, of_client: Any, of_predictor: Any, of_call: Any, attempts: int
) -> None:
    """That of the call before that of the predictor, and that before the client's."""
    server.on("POST", "/predict", server.json(FAILED, 503))

    with pytest.raises(PredictionHTTPException):
        sdk.do(
            lambda client: (
                sdk.predictor(client)
                .with_options(repeatable=of_predictor)
                .infer(json=1, repeatable=of_call)
            ),
            repeatable=of_client,
            retry=RetryPolicy(max_attempts=2, initial_delay=0),
        )

    assert len(server.requests) == attempts


@pytest.fixture
def breaking() -> Iterator[Any]:
    """A server that closes the first connection when it has read the request, then answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heads: List[bytes] = []

        def serve() -> None:
            for said in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n7"):
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    heads.append(connection.recv(65536))
                    connection.sendall(said)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heads
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_connection_that_breaks_is_made_again_for_a_repeatable_prediction(
    sdk, breaking, repeatable: bool
) -> None:
    """Without a key it is an error, as the prediction may have been made."""
    url, heads = breaking

    def job(client: Any) -> Any:
        predictor = sdk.Predictor(client, url, "/predict", "/healthcheck")
        return predictor.infer(json=1, repeatable=repeatable)

    if repeatable:
        assert sdk.do(job).json() == 7
        assert len(heads) == 2
    else:
        with pytest.raises(OutpostConnectionError):
            sdk.do(job)
        assert len(heads) == 1


def test_a_deadline_bounds_the_whole_call(sdk, server, clock) -> None:
    """Retries included: no pause begins that would end later."""
    server.on("POST", "/predict", server.json(FAILED, 429, Retry_After="3"))
    began = clock.monotonic()

    with pytest.raises(PredictionHTTPException):
        infer(sdk, {"retry": RetryPolicy(max_attempts=50)}, deadline=8)

    assert 6 <= clock.monotonic() - began < 8


def test_a_deadline_ends_an_answer_that_trickles_in(sdk) -> None:
    """Which no timeout of a phase does, as bytes keep coming."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                while not over.wait(0.01):
                    try:
                        connection.sendall(b"1")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(OutpostTimeoutError):
            sdk.do(
                lambda client: sdk.Predictor(client, url, "/predict", "/h").infer(
                    json=1, timeout=30, deadline=0.2
                )
            )
        over.set()
        thread.join()


@pytest.mark.parametrize("deadline", [0, -1, float("nan"), "5"])
@pytest.mark.parametrize("method", ["infer", "infer_many"])
def test_a_deadline_that_is_no_time_is_refused(sdk, server, deadline: Any, method: str) -> None:
    """The error names it; nothing is sent."""
    inputs = {"json": 1} if method == "infer" else {"inputs": [1]}

    def job(client: Any) -> Any:
        return getattr(sdk.predictor(client), method)(**inputs, deadline=deadline)

    async def job_async(client: Any) -> Any:
        result = job(client)
        return await result if method == "infer" else result

    with pytest.raises(ConfigurationError, match="deadline"):
        sdk.do(job_async if sdk.is_async else job)


def test_a_predictor_with_other_options_leaves_the_first_as_it_was(sdk, server) -> None:
    """Timeout, retries, headers and query of all its predictions; the connections are shared."""
    server.on("POST", "/predict", server.json(FAILED, 429, Retry_After="0"), server.json(7))

    def job(client: Any) -> Any:
        first = sdk.predictor(client)
        other = first.with_options(
            timeout=9, retries=0, deadline=None, headers={"X-Team": "blue"}, query={"top_k": "3"}
        )
        assert first._calls.settings.extra_headers == {}
        assert other._calls.connections is first._calls.connections
        assert other._calls.settings.timeout["read"] == 9
        assert other._calls.settings.retry.deadline is None
        return other.infer(json=1)

    with pytest.raises(PredictionHTTPException, match="429"):
        sdk.do(job)

    assert server.last.headers["X-Team"] == "blue"
    assert server.last.args["top_k"] == "3"


def test_a_raw_answer_is_returned_whatever_its_status(sdk, server) -> None:
    """After the attempts that any prediction has."""
    server.on("POST", "/predict", server.json(FAILED, 429, Retry_After="0"), server.json({}, 418))

    response = sdk.do(
        lambda client: sdk.predictor(client).with_raw_response.infer(json=1, repeatable=True)
    )

    assert response.status_code == 418
    assert response.headers["Content-Type"] == "application/json"
    assert len(server.requests) == 2


def test_a_stream_is_sent_again_until_it_begins(sdk, server) -> None:
    """Its key is the same, and its deadline is for the beginning."""
    server.on("POST", "/predict", server.json(FAILED, 503), server.json(7))

    def blocking(client: Any) -> bytes:
        with sdk.predictor(client).infer_stream(json=1, repeatable=True, deadline=50) as answer:
            return b"".join(answer.bytes())

    async def waiting(client: Any) -> bytes:
        stream = sdk.predictor(client).infer_stream(json=1, repeatable=True, deadline=50)
        async with stream as answer:
            return b"".join([piece async for piece in answer.bytes()])

    assert sdk.do(waiting if sdk.is_async else blocking) == b"7"
    first, second = keys(server)
    assert first == second != ""
