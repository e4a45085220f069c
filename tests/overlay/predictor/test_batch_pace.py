"""Batches against servers that limit them and lose connections; what is sent where, and when."""

import contextvars
import threading
from typing import Any, Dict, Iterator, List, Set

import httpx
import pytest
from werkzeug import Response

from outpostkit import RetryPolicy
from outpostkit.exceptions import PredictionHTTPException
from outpostkit.predictor._batch import PredictionInput
from tests.benchmarks import limited

KEY = "Idempotency-Key"
#: Seconds after which a wait for what has to happen gives up, on a machine however busy.
GIVE_UP_S = 60
WHO: "contextvars.ContextVar[str]" = contextvars.ContextVar("WHO", default="nobody")


@pytest.fixture(scope="module")
def make_httpserver() -> Iterator[Any]:
    """The server of this module answers requests at the same time."""
    from pytest_httpserver import HTTPServer

    with HTTPServer(threaded=True) as server:
        yield server


def many(sdk: Any, inputs: Any, client: Any = None, **options: Any) -> List[Any]:
    """All results of a batch, by a client of these options."""

    async def waiting(client: Any) -> List[Any]:
        return [each async for each in sdk.predictor(client).infer_many(inputs, **options)]

    def blocking(client: Any) -> List[Any]:
        return list(sdk.predictor(client).infer_many(inputs, **options))

    results: List[Any] = sdk.do(waiting if sdk.is_async else blocking, **(client or {}))
    return results


@pytest.mark.parametrize("asked", ["seconds", "fraction", "date", "none"])
def test_a_batch_survives_limits_and_losses(sdk, asked: str) -> None:
    """Each input is right, and predicted once, though one of ten requests fails or is lost."""
    run = limited.predict_async if sdk.is_async else limited.predict
    retry = RetryPolicy(max_attempts=12, initial_delay=0.01, max_delay=0.05)

    # Few enough for every machine to be refused.
    with limited.running(30, asked, percent=5) as url:
        values = run(url, 90, 64, retry=retry)
        told = limited.counts(url)

    assert values == [2 * n for n in range(90)]
    assert (told["predicted"], told["twice"]) == (90, 0)
    assert told["refused"]


def test_each_input_has_a_key_of_its_own_for_all_of_its_attempts(sdk, server) -> None:
    """After a 429 and after a failure; one that the input brings stays."""
    seen: Dict[int, List[str]] = {}

    def predict(request: Any) -> Response:
        attempts = seen.setdefault(request.json, [])
        attempts.append(request.headers[KEY])
        if len(attempts) < 3:
            return server.json({}, 429 if len(attempts) == 1 else 503, Retry_After="0")  # type: ignore[no-any-return]  # a test's
        return server.json(request.json)  # type: ignore[no-any-return]  # a test's

    server.handle("POST", "/predict", predict)

    results = many(sdk, [0, 1, PredictionInput(json=2, headers={KEY: "mine"})], concurrency=3)

    assert [result.value for result in results] == [0, 1, 2]
    assert all(len(attempts) == 3 and len(set(attempts)) == 1 for attempts in seen.values())
    assert len({attempts[0] for attempts in seen.values()}) == 3
    assert seen[2][0] == "mine"


def test_a_batch_that_is_not_repeatable_has_no_keys(sdk, server) -> None:
    """A failure is final then, as it is for a single prediction; a 429 is not."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="0"), server.json({}, 503))

    (result,) = many(sdk, [1], repeatable=False, on_error="collect")

    assert result.error.status_code == 503
    assert [KEY in request.headers for request in server.requests] == [False, False]


def test_a_429_is_no_failed_attempt(sdk, server) -> None:
    """Each of many, for one input, is followed by another try."""
    refused = server.json({}, 429, Retry_After="0")
    server.on("POST", "/predict", *[refused] * 6, server.json(7))

    (result,) = many(sdk, [1])

    assert result.value == 7
    assert len(server.requests) == 7


@pytest.mark.parametrize("policy", [RetryPolicy(max_attempts=1), RetryPolicy(statuses={503})])
def test_a_429_is_final_where_the_policy_says_so(sdk, server, policy: RetryPolicy) -> None:
    """One attempt, or no 429 among the statuses."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="2"))

    (result,) = many(sdk, [1], {"retry": policy}, on_error="collect")

    assert isinstance(result.error, PredictionHTTPException)
    assert (result.error.status_code, result.error.retry_after_s) == (429, 2)
    assert len(server.requests) == 1


def test_pauses_count_before_no_deadline(sdk, server) -> None:
    """A server that asks for longer ones than an input may take is waited for."""
    refused = server.json({}, 429, Retry_After="0.3")
    server.on("POST", "/predict", refused, refused, *[server.json(7)] * 3)

    results = many(
        sdk, range(3), {"retry": RetryPolicy(initial_delay=0.01)}, concurrency=2, deadline=0.25
    )

    assert [result.value for result in results] == [7, 7, 7]


@pytest.mark.parametrize("ordered", [True, False])
def test_a_server_that_takes_nothing_ends_a_batch_for_all_inputs_alike(
    sdk, server, ordered: bool
) -> None:
    """Those under way, those that wait, and those that have not begun; most are never sent."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="86400"))
    policy = RetryPolicy(deadline=0.3, retry_after_ceiling=0.2)

    results = many(
        sdk, range(500), {"retry": policy}, concurrency=4, ordered=ordered, on_error="collect"
    )

    assert sorted(result.index for result in results) == list(range(500))
    assert {(each.error.status_code, each.error.retry_after_s) for each in results} == {
        (429, 86400)
    }
    assert len({id(result.error) for result in results}) == 500
    assert len(server.requests) < 40


def test_a_body_that_can_be_read_once_is_not_sent_again(sdk, server) -> None:
    """The 429 is its error."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="0"))

    async def once_async() -> Any:
        yield b"part"

    body: Any = once_async() if sdk.is_async else iter([b"part"])
    (result,) = many(sdk, [PredictionInput(content=body)], on_error="collect")

    assert result.error.status_code == 429
    assert len(server.requests) == 1


def test_retries_of_a_batch_are_told(sdk, server) -> None:
    """The callback of the policy hears of a 429."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="0"), server.json(7))
    told: List[Any] = []

    many(sdk, [1], {"retry": RetryPolicy(on_retry=told.append)})

    (event,) = told
    assert (event.status_code, event.attempt, event.delay_s) == (429, 1, 0)


class Gate:
    """Holds predictions until so many are there at the same time."""

    def __init__(self, server: Any, opens_at: int) -> None:
        self.most = 0
        self._there = 0
        self._opens_at = opens_at
        self._open = threading.Event()
        self._lock = threading.Lock()
        self._server = server
        server.handle("POST", "/predict", self._predict)

    def _predict(self, request: Any) -> Any:
        with self._lock:
            self._there += 1
            self.most = max(self.most, self._there)
            if self._there >= self._opens_at:
                self._open.set()
        assert self._open.wait(GIVE_UP_S)
        with self._lock:
            self._there -= 1
        return self._server.json(request.json)


def test_as_many_run_at_once_as_are_asked_for(sdk, server) -> None:
    """The connections follow; afterwards there are as many as before."""
    gate = Gate(server, 130)
    bounds: Set[Any] = set()

    def bound(client: Any) -> None:
        http = client._calls.connections.open()
        bounds.add(http.transport_for(server.url).max_connections)

    async def waiting(client: Any) -> List[Any]:
        bound(client)
        results = sdk.predictor(client).infer_many(range(130), concurrency=130)
        got = [each async for each in results]
        bound(client)
        return got

    def blocking(client: Any) -> List[Any]:
        bound(client)
        got = list(sdk.predictor(client).infer_many(range(130), concurrency=130))
        bound(client)
        return got

    results = sdk.do(waiting if sdk.is_async else blocking)

    assert [result.value for result in results] == list(range(130))
    assert gate.most == 130
    assert bounds == {100}


@pytest.mark.parametrize("by", ["limits", "transport"])
def test_limits_of_the_user_hold_and_waiting_for_them_is_no_failure(sdk, server, by: str) -> None:
    """With two connections two run at once, and the others wait longer than the pool would let."""
    gate = Gate(server, 2)
    limits = httpx.Limits(max_connections=2)
    options: Dict[str, Any] = {"limits": limits}
    if by == "transport":
        kind = httpx.AsyncHTTPTransport if sdk.is_async else httpx.HTTPTransport
        options = {"transport": kind(limits=limits)}
    options["timeout"] = httpx.Timeout(GIVE_UP_S, pool=1e-6)

    results = many(sdk, range(12), options, concurrency=12)

    assert [result.value for result in results] == list(range(12))
    assert gate.most == 2


def test_predictions_of_a_batch_have_the_context_of_its_first_result(sdk, server) -> None:
    """Such as the span; what is set when the batch is made, or later, is not seen."""
    server.on("POST", "/predict", server.json(7))
    seen: List[str] = []

    def note(request: httpx.Request) -> None:
        seen.append(WHO.get())

    async def note_async(request: httpx.Request) -> None:
        note(request)

    def blocking(client: Any) -> None:
        WHO.set("made")
        results = sdk.predictor(client).infer_many(range(20), concurrency=2)
        WHO.set("first asked")
        next(results)
        WHO.set("later")
        list(results)

    async def waiting(client: Any) -> None:
        WHO.set("made")
        results = sdk.predictor(client).infer_many(range(20), concurrency=2)
        WHO.set("first asked")
        await results.__anext__()
        WHO.set("later")
        async for _ in results:
            pass

    hooks = {"request": [note_async if sdk.is_async else note]}
    contextvars.copy_context().run(sdk.do, waiting if sdk.is_async else blocking, event_hooks=hooks)

    assert seen == ["first asked"] * 20


def test_a_file_of_results_takes_the_same_options(sdk, server, tmp_path) -> None:
    """A deadline for each input, and keys."""
    server.on("POST", "/predict", server.json({}, 429, Retry_After="0"), server.json(7))

    summary = sdk.do(
        lambda client: sdk.predictor(client).infer_many_to_file(
            [1], tmp_path / "results.jsonl", deadline=50, repeatable=True
        )
    )

    assert (summary.predicted, summary.failed) == (1, 0)
    assert len({request.headers[KEY] for request in server.requests}) == 1
