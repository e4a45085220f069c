"""Many predictions at once: what is handed out when, and how much is under way."""

import threading
from typing import Any, Dict, Iterator, List, Optional

import anyio
import pytest
from hypothesis import given, settings, strategies as st

from outpostkit import RetryPolicy
from outpostkit.exceptions import ConfigurationError, OutpostError, PredictionHTTPException
from outpostkit.predictor._batch import AHEAD, Batch, Job, PredictionInput, PredictionResult
from outpostkit.progress._events import BatchProgress


@settings(max_examples=60)
@given(
    data=st.data(), count=st.integers(0, 40), concurrency=st.integers(1, 6), ordered=st.booleans()
)
def test_every_result_comes_once_and_little_is_kept(
    data: st.DataObject, count: int, concurrency: int, ordered: bool
) -> None:
    """In whichever order the answers arrive; in the order of the inputs, if that is wanted."""
    batch = Batch(concurrency, ordered, "collect", count)
    inputs = list(range(count))
    under_way: List[Job] = []
    out: List[int] = []
    while inputs or under_way:
        while inputs and batch.has_room():
            under_way.append(batch.start((inputs[0], inputs.pop(0))))
        assert len(under_way) == batch.in_flight <= concurrency
        job = under_way.pop(data.draw(st.integers(0, len(under_way) - 1)))
        out.extend(each.index for each in batch.finish(job, PredictionResult(job.index, job.input)))
        assert len(under_way) + len(out) + AHEAD * concurrency >= count - len(inputs)

    assert sorted(out) == list(range(count))
    assert not ordered or out == sorted(out)


#: Seconds after which a wait for what has to happen gives up, on a machine however busy.
GIVE_UP_S = 60


class Template:
    """Answers each prediction with its input doubled; notes how many run at the same time."""

    def __init__(self, server: Any) -> None:
        self.running = self.most = 0
        #: What each of these inputs waits for before it is answered.
        self.held: Dict[int, threading.Event] = {}
        #: Set when the input has come, and when it has been answered.
        self.came: Dict[int, threading.Event] = {}
        self.answered: Dict[int, threading.Event] = {}
        self.failing: List[int] = []
        self._server = server
        self._lock = threading.Lock()
        server.handle("POST", "/predict", self._predict)

    def _predict(self, request: Any) -> Any:
        n = request.json
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        if n in self.came:
            self.came[n].set()
        if n in self.held:
            assert self.held[n].wait(GIVE_UP_S)
        with self._lock:
            self.running -= 1
        if n in self.answered:
            self.answered[n].set()
        if n in self.failing:
            return self._server.json({"error": f"{n} is wrong"}, 422)
        return self._server.json(2 * n)


@pytest.fixture
def template(server: Any) -> Template:
    """A template on a server with a thread for each request."""
    return Template(server)


@pytest.fixture(scope="module")
def make_httpserver() -> Iterator[Any]:
    """The server of this module answers requests at the same time."""
    from pytest_httpserver import HTTPServer

    with HTTPServer(threaded=True) as server:
        yield server


def many(
    sdk: Any,
    inputs: Any,
    count: Optional[int] = None,
    on_result: Any = lambda result: None,
    **options: Any,
) -> List[PredictionResult]:
    """All results of a batch, or the first ones; each is told as it comes."""

    async def waiting(client: Any) -> List[PredictionResult]:
        results = sdk.predictor(client).infer_many(inputs, **options)
        got = []
        async for result in results:
            on_result(result)
            got.append(result)
            if len(got) == count:
                break
        await results.aclose()
        return got

    def blocking(client: Any) -> List[PredictionResult]:
        got = []
        for result in sdk.predictor(client).infer_many(inputs, **options):
            on_result(result)
            got.append(result)
            if len(got) == count:
                break
        return got

    results: List[PredictionResult] = sdk.do(waiting if sdk.is_async else blocking)
    return results


def test_results_come_in_the_order_of_the_inputs(sdk, template: Template) -> None:
    """Though the third is answered before the first; no more run at the same time than allowed."""
    template.held[0] = template.answered[2] = threading.Event()
    template.held[2] = template.came[0] = threading.Event()

    results = many(sdk, iter(range(10)), concurrency=3)

    assert [result.value for result in results] == [2 * n for n in range(10)]
    assert [(result.index, result.input) for result in results] == [(n, n) for n in range(10)]
    assert 1 < template.most <= 3


def test_results_come_as_they_are_ready(sdk, template: Template) -> None:
    """One that is answered only when the others have come comes last."""
    template.held[0] = others_have_come = threading.Event()
    come: List[int] = []

    def tell(result: PredictionResult) -> None:
        come.append(result.index)
        if len(come) == 5:
            others_have_come.set()

    results = many(sdk, range(6), concurrency=3, ordered=False, on_result=tell)

    assert results[-1].index == 0
    assert sorted(result.index for result in results) == list(range(6))


def test_an_error_ends_the_batch_when_its_turn_comes(sdk, template: Template) -> None:
    """The results before it have been handed out."""
    template.failing = [2]
    got: List[int] = []

    with pytest.raises(PredictionHTTPException, match="2 is wrong"):
        many(sdk, range(1000), concurrency=2, progress=lambda progress: got.append(progress.done))

    assert max(got) < 20


@pytest.mark.parametrize(("on_error", "indexes"), [("collect", [0, 1, 2, 3]), ("skip", [0, 2, 3])])
def test_errors_are_collected_or_skipped(
    sdk, template: Template, on_error: str, indexes: List[int]
) -> None:
    """A collected one has no value, and raises when it is asked for one."""
    template.failing = [1]

    results = many(sdk, range(4), on_error=on_error)

    assert [result.index for result in results] == indexes
    failed = [result for result in results if result.error is not None]
    for result in failed:
        with pytest.raises(PredictionHTTPException, match="1 is wrong"):
            _ = result.value


def test_progress_counts_what_is_done(sdk, template: Template) -> None:
    """Failures too; the total is known when the inputs know it; the reporter learns of the end."""
    template.failing = [1]
    seen: List[Any] = []

    class Reporter:
        def __call__(self, progress: BatchProgress) -> None:
            seen.append((progress.done, progress.failed, progress.total))

        def finish(self) -> None:
            seen.append("end")

    many(sdk, [0, 1], concurrency=1, on_error="skip", progress=Reporter())
    many(sdk, iter([0]), progress=Reporter())

    assert seen == [(1, 0, 2), (2, 1, 2), "end", (1, 0, None), "end"]


def test_inputs_are_taken_only_as_there_is_room(sdk, template: Template) -> None:
    """An endless iterable is fine; leaving early stops it."""
    taken: List[int] = []

    def endless() -> Iterator[int]:
        while True:
            taken.append(len(taken))
            yield taken[-1]

    results = many(sdk, endless(), concurrency=2, count=5)

    assert len(results) == 5
    assert len(taken) <= 5 + AHEAD * 2


def test_an_input_may_be_more_than_json(sdk, server) -> None:
    """Whatever infer takes; and None is null."""
    server.on("POST", "/predict", server.json({}))

    many(sdk, [PredictionInput(content=b"raw", params={"a": 1}), None], concurrency=1)

    assert [request.get_data() for request in server.requests] == [b"raw", b"null"]
    assert server.requests[0].args["a"] == "1"


def test_an_input_that_cannot_be_sent_is_an_error_of_its_own(sdk, template: Template) -> None:
    """The others are predicted."""
    results = many(sdk, [1, object(), 3], on_error="collect")

    assert [result.error is None for result in results] == [True, False, True]
    assert isinstance(results[1].error, ConfigurationError)


def test_an_iterable_that_fails_ends_the_batch_with_its_own_error(sdk, template: Template) -> None:
    """It is the caller's code."""

    def failing() -> Iterator[int]:
        yield 1
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        many(sdk, failing())


def test_a_batch_of_nothing_is_nothing(sdk, server) -> None:
    """No request is sent."""
    assert many(sdk, []) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": "text"}, "iterable"),
        ({"inputs": 5}, "iterable"),
        ({"inputs": [], "concurrency": 0}, "concurrency"),
        ({"inputs": [], "on_error": "ignore"}, "on_error"),
    ],
)
def test_wrong_arguments_are_refused(sdk, server, options: Dict[str, Any], message: str) -> None:
    """Before anything is sent."""
    with pytest.raises(ConfigurationError, match=message):
        many(sdk, **options)


@pytest.mark.anyio
async def test_async_inputs_are_awaited_while_others_are_predicted(
    server, template: Template
) -> None:
    """A source that waits for the result of one input before it has the next is served."""
    from outpostkit import AsyncClient, AsyncPredictor

    came = [anyio.Event() for _ in range(6)]
    arrived = []

    async def slow_numbers() -> Any:
        for n in range(6):
            yield n
            with anyio.fail_after(GIVE_UP_S):
                await came[n].wait()

    async with AsyncClient("token", base_url=server.base_url, retry=RetryPolicy()) as client:
        predictor = AsyncPredictor(client, server.url, "/predict", "/healthcheck")
        async for result in predictor.infer_many(slow_numbers(), concurrency=2):
            arrived.append(result.value)
            came[result.index].set()

    assert arrived == [0, 2, 4, 6, 8, 10]


def test_the_value_of_an_answer_that_is_no_json_is_an_error(sdk, server) -> None:
    """The answer itself is there."""
    from werkzeug import Response

    server.on("POST", "/predict", Response("plain", content_type="text/plain"))

    (result,) = many(sdk, [1])

    assert result.response is not None
    assert result.response.text == "plain"
    with pytest.raises(OutpostError, match="not JSON"):
        _ = result.value
