"""Deployments that are waited for, logs that are followed, and predictions in numbers."""

import json
import threading

import pytest

from outpostkit import (
    AsyncClient,
    AsyncEndpoint,
    Client,
    EndpointCustomTemplateConfig,
    Endpoints,
    ReplicaScalingConfig,
)
from outpostkit.exceptions import EndpointFailedError

TEMPLATE = """
import asyncio
import pathlib

from fastapi.responses import StreamingResponse


class Double:
    def __init__(self):
        print("Double is ready")

    async def predict(self, body: dict):
        if body.get("stream"):
            gate = pathlib.Path(body.get("gate", __file__))
            return StreamingResponse(self.events(body["n"], gate), media_type="text/event-stream")
        print(f"doubling {body['n']}")
        return {"twice": 2 * body["n"]}

    async def events(self, n, gate):
        for k in range(n):
            yield f'data: {{"k": {k}}}\\n\\n'
            while not gate.exists():
                await asyncio.sleep(0.01)
"""


@pytest.fixture(scope="module")
def client(local_outpost):
    with Client(local_outpost.api_token, base_url=local_outpost.base_url) as client:
        yield client


@pytest.fixture
def make(client, local_outpost, tmp_path):
    """Make an endpoint of a template, and delete it at the end."""
    made = []

    def make(source=TEMPLATE, **options):
        path = tmp_path / "template.py"
        path.write_text(source, encoding="utf-8")
        template = EndpointCustomTemplateConfig("file", "Double", str(path))
        endpoint = Endpoints(client, local_outpost.entity).create(template, **options)
        made.append(endpoint)
        return endpoint

    yield make
    for endpoint in made:
        endpoint.delete()


def test_a_deployment_that_is_waited_for_predicts_at_once(make):
    """Each step is reported, and every deployment is found page by page."""
    endpoint = make()
    seen = []

    first = endpoint.deploy(wait=True, timeout=120, on_progress=seen.append)
    second = endpoint.deploy(wait=True, timeout=120)
    answer = endpoint.get_prediction_client().infer(json={"n": 2})

    assert answer.json() == {"twice": 4}
    assert seen[-1].status == "healthy"
    assert [each.id for each in endpoint.deployments(page_size=1)] == [second.id, first.id]


def test_a_deployment_that_fails_says_why(make):
    """With the traceback of the template."""
    endpoint = make("class Double:\n    def predict(self): ...\n\nraise ImportError('no torch')\n")

    with pytest.raises(EndpointFailedError, match="no torch"):
        endpoint.deploy(wait=True, timeout=120)

    assert endpoint.wait_until("failed", timeout=120).status == "failed"


def test_a_log_is_followed_while_predictions_are_made(make):
    """Across two deployments; each line comes once, and the iterator ends when it is closed."""
    endpoint = make()
    endpoint.deploy(wait=True, timeout=120)
    predictor = endpoint.get_prediction_client()
    wanted = {f"doubling {n}" for n in range(40)}

    def predict():
        for result in predictor.infer_many(({"n": n} for n in range(20)), concurrency=4):
            assert result.value == {"twice": 2 * result.index}
        endpoint.deploy(wait=True, timeout=120)
        for _ in predictor.infer_many(({"n": n} for n in range(20, 40)), concurrency=4):
            pass

    predicting = threading.Thread(target=predict)
    predicting.start()
    got = []
    for line in endpoint.logs("runtime", follow=True, timeout=120):
        if line.message.startswith("doubling"):
            got.append(line.message)
        if len(set(got)) == len(wanted):
            break
    predicting.join()

    assert set(got) == wanted
    assert len(got) == len(wanted)


def test_a_sleeping_endpoint_wakes_up_for_predictions_in_numbers(make, tmp_path):
    """From zero replicas to results in a file."""
    endpoint = make(replica_scaling_config=ReplicaScalingConfig(0, 2, 60, 2))
    endpoint.deploy(wakeup=False, wait=True, timeout=120)
    assert endpoint.status() == "scaled_to_zero"
    path = tmp_path / "results.jsonl"

    inputs = [{"n": n} for n in range(50)]
    summary = endpoint.get_prediction_client().infer_many_to_file(inputs, path, concurrency=8)

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert {line["index"]: line["value"]["twice"] for line in lines} == {
        n: 2 * n for n in range(50)
    }
    assert (summary.predicted, summary.failed) == (50, 0)


def test_an_endpoint_falls_asleep_and_is_woken_by_a_prediction(make):
    """Waiting for sleep, then a single call."""
    endpoint = make(replica_scaling_config=ReplicaScalingConfig(0, 1, 1, 1))
    endpoint.deploy(wait=True, timeout=120)

    endpoint.wait_until("scaled_to_zero", timeout=120)

    assert endpoint.get_prediction_client().infer(json={"n": 1}).json() == {"twice": 2}


@pytest.mark.anyio
async def test_the_same_in_async_code(make, local_outpost):
    """Deploy, follow, stream and predict in numbers."""
    name = make().name
    async with AsyncClient(local_outpost.api_token, base_url=local_outpost.base_url) as client:
        endpoint = AsyncEndpoint(client, local_outpost.entity, name)
        await endpoint.deploy(wait=True, timeout=120)
        predictor = await endpoint.get_prediction_client()

        results = [
            result.value
            async for result in predictor.infer_many([{"n": n} for n in range(10)], concurrency=3)
        ]
        lines = endpoint.logs("runtime", follow=True, timeout=120)
        async for line in lines:
            if line.message == "doubling 9":
                break
        await lines.aclose()
        async with predictor.infer_stream(json={"stream": True, "n": 3}) as answer:
            events = [event.json() async for event in answer.events()]

    assert results == [{"twice": 2 * n} for n in range(10)]
    assert events == [{"k": 0}, {"k": 1}, {"k": 2}]


def test_events_arrive_while_they_are_made(make, shared_folder):
    """The first one before the second one is made."""
    gate = shared_folder / "gate"
    endpoint = make()
    endpoint.deploy(wait=True, timeout=120)
    arrived = []

    body = {"stream": True, "n": 30, "gate": str(gate)}
    with endpoint.get_prediction_client().infer_stream(json=body) as answer:
        for event in answer.events():
            arrived.append(event.json()["k"])
            gate.touch()

    assert arrived == list(range(30))
