"""What a server tells about its endpoints while they work."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from outpost_server import LocalOutpost
from outpost_server.commands.top import ServerAway, parse, show, table
from outpost_server.running.metrics import Figures

MEMORY = "outpost_endpoint_replica_memory_bytes/"
ANSWERS = """
class Answers:
    def predict(self, value: dict):
        return 1 / value["divisor"]
"""


def figures(api, endpoint) -> dict[str, float]:
    """Return the figures of one endpoint by name and state or status."""
    answer = api.http.get(api.origin + "/metrics")
    assert answer.status_code == 200
    return {
        "/".join(
            [sample.name, *(v for k, v in sorted(sample.labels.items()) if k != "endpoint")]
        ): (sample.value)
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.labels["endpoint"] == f"{api.entity}/{endpoint.name}"
    }


def test_requests_latencies_replicas_and_cold_starts_are_counted(api, eventually):
    """Prometheus can read them; a request that wakes an endpoint is a cold start."""
    endpoint = api.endpoint(ANSWERS, "Answers")
    endpoint.deploy_and_wait(wakeup=False)
    eventually(endpoint.status, lambda status: status == "scaled_to_zero")

    for divisor in (1, 2, 0):
        endpoint.predict(json={"divisor": divisor})
    found = figures(api, endpoint)

    assert found["outpost_endpoint_requests_total/200"] == 2
    assert found["outpost_endpoint_requests_total/500"] == 1
    assert found["outpost_endpoint_latency_seconds_count"] == 3
    assert found["outpost_endpoint_latency_seconds_bucket/60"] == 3
    assert 0 < found["outpost_endpoint_latency_seconds_sum"] < 30
    assert found["outpost_endpoint_cold_starts_total"] == 1
    assert found["outpost_endpoint_replicas/ready"] == 1
    assert found["outpost_endpoint_pending_requests"] == 0
    (memory,) = [found[name] for name in found if name.startswith(MEMORY)]
    assert 2**20 < memory < 2**30


def test_metrics_need_the_token(api):
    """They name the endpoints."""
    answer = api.http.get(api.origin + "/metrics", headers={"Authorization": ""})

    assert answer.status_code == 401


def test_each_request_is_in_the_access_log_of_its_endpoint(api, outpost, eventually):
    """With its status, its replica, how long it took and its id."""
    endpoint = api.deployed(ANSWERS, "Answers")
    path = outpost.data_folder / "logs" / endpoint.get()["id"] / "access.jsonl"

    api.http.post(endpoint.url(), json={"divisor": 0}, headers={"X-Request-Id": "look-for-me"})
    (line,) = eventually(lambda: path.exists() and path.read_text().splitlines())
    said = json.loads(line)["data"]

    assert said["status"] == 500
    assert said["request_id"] == "look-for-me"
    assert said["path"] == endpoint.get()["predictionPath"]
    assert said["latency_ms"] > 0
    assert f"Replica {said['replica']} is ready" in "".join(endpoint.messages("event"))


def test_top_shows_every_endpoint_with_its_rates(api, outpost):
    """Two looks: the second one has the requests between them."""
    endpoint = api.deployed(ANSWERS, "Answers", name="topmost")
    looks = show(outpost.base_url, outpost.api_token, interval_s=0)

    before = next(looks)
    endpoint.predict(json={"divisor": 0})
    after = next(looks)
    first, second = [
        next(line.split() for line in look.splitlines() if "local/topmost" in line)
        for look in (before, after)
    ]

    assert first[:3] == ["local/topmost", "healthy", "1"]
    assert first[5:9] == ["-", "-", "-", "-"]
    assert float(second[5]) > 0
    assert second[5] == second[6]
    assert second[7].startswith("<")


def test_top_looks_as_often_as_it_is_told(api, command):
    """Each look is a table with its own head."""
    api.endpoint(name="looked-at")

    looks = command("top", "--count", "2", "--interval", "0.1").output

    assert looks.count("ENDPOINT") == looks.count("local/looked-at") == 2


def test_top_says_when_there_is_nothing_to_show():
    """A server without endpoints is no error."""
    assert table({}, parse("")).endswith("(no endpoint)")


def test_top_says_that_the_server_is_away(connect, tmp_path):
    """Exit code 1 and one line, also where the server ends between two looks."""
    outpost = LocalOutpost(data_folder=tmp_path).start()
    looks = show(outpost.base_url, outpost.api_token, interval_s=0)
    first = next(looks)
    outpost.stop()

    assert first.startswith("ENDPOINT")
    with pytest.raises(ServerAway, match="does not answer"):
        next(looks)


def test_the_page_for_operators_has_every_metric():
    """docs/server.md, in the order in which they are exported, with their kind."""
    page = (Path(__file__).parents[3] / "docs" / "server.md").read_text()
    told = re.findall(r"(?m)^\| `(outpost_\w+)` \| (\w+) \|", page)

    assert sorted(told) == sorted((one.name, one.type) for one in Figures({}, {}).collect())
