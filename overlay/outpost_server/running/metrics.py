"""``/metrics``: what Prometheus, or ``outpostkit local top``, reads about every endpoint.

Anyone with a token of this server sees the endpoints that the token may see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from outpost_server.engines.engine import Replica
from outpost_server.keeping.store.store import Store
from outpost_server.keeping.tokens import bearer_token
from outpost_server.router.asgi import Receive, Scope, Send, header, send_problem
from outpost_server.rules.access import may_see, refusal
from outpost_server.rules.problem import Problem
from outpost_server.serving.endpoint import EndpointRuntime
from outpost_server.serving.fleet import Fleet
from outpost_server.serving.stats import BUCKETS_S

PATH = "/metrics"


class Metrics:
    """An ASGI application that answers with the present figures."""

    def __init__(self, fleet: Fleet, store: Store) -> None:
        self._fleet = fleet
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await send_problem(send, Problem(405, "Only GET is allowed.", "method_not_allowed"))
            return
        token = bearer_token(header(scope, b"authorization"))
        user = None if token is None else self._store.users.by_token(token)
        if user is None:
            await send_problem(send, refusal(self._store.users, token))
            return
        shown = [
            (self._store.accounts.by_id(endpoint.owner_id), endpoint)
            for endpoint in self._store.endpoints.all()
            if may_see(self._store.teams, user, endpoint)
        ]
        runtimes = {
            f"{owner.name}/{endpoint.name}": runtime
            for owner, endpoint in shown
            if owner is not None and (runtime := self._fleet.by_slug(endpoint.slug)) is not None
        }
        # In a thread: what a replica has started is looked at process by process.
        memory = await asyncio.to_thread(
            _memory,
            {
                name: []
                if runtime.serving is None
                else [one.replica for one in runtime.serving.ready]
                for name, runtime in runtimes.items()
            },
        )
        # Printing takes 50 ms for 200 endpoints: others are served meanwhile.
        body = await asyncio.to_thread(generate_latest, Figures(runtimes, memory))
        headers = [
            (b"content-type", CONTENT_TYPE_LATEST.encode()),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Figures(Collector):
    """The figures that some endpoints have at this moment, as Prometheus names them."""

    def __init__(
        self, runtimes: dict[str, EndpointRuntime], memory: Mapping[tuple[str, str], int]
    ) -> None:
        """``memory`` are bytes by endpoint and replica."""
        self._metrics = (*_metrics(runtimes), _memory_metric(memory))

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def _metrics(runtimes: dict[str, EndpointRuntime]) -> tuple[Metric, ...]:
    requests = CounterMetricFamily(
        "outpost_endpoint_requests", "Answered requests.", labels=("endpoint", "status")
    )
    latency = HistogramMetricFamily(
        "outpost_endpoint_latency_seconds",
        "From the head of a request to the last byte of its answer.",
        labels=("endpoint",),
    )
    pending = GaugeMetricFamily(
        "outpost_endpoint_pending_requests",
        "Requests that wait or are being answered.",
        labels=("endpoint",),
    )
    cold_starts = CounterMetricFamily(
        "outpost_endpoint_cold_starts",
        "Times that a request found no replica and woke the endpoint.",
        labels=("endpoint",),
    )
    replicas = GaugeMetricFamily(
        "outpost_endpoint_replicas", "Replicas by state.", labels=("endpoint", "state")
    )
    status = GaugeMetricFamily(
        "outpost_endpoint_status", "1 for the present status.", labels=("endpoint", "status")
    )
    for name, runtime in runtimes.items():
        stats = runtime.stats
        status.add_metric((name, runtime.status), 1)
        for code, count in sorted(stats.requests.items()):
            requests.add_metric((name, str(code)), count)
        counts = accumulate(stats.latency_buckets)
        buckets = list(zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True))
        latency.add_metric((name,), buckets, stats.latency_sum_s)
        pending.add_metric((name,), runtime.load.pending)
        cold_starts.add_metric((name,), stats.cold_starts)
        serving = runtime.serving
        ready, starting = (len(serving.ready), serving.starting) if serving else (0, 0)
        replicas.add_metric((name, "ready"), ready)
        replicas.add_metric((name, "starting"), starting)
    return status, requests, latency, pending, cold_starts, replicas


def _memory_metric(memory: Mapping[tuple[str, str], int]) -> Metric:
    metric = GaugeMetricFamily(
        "outpost_endpoint_replica_memory_bytes",
        "What a ready replica and its processes have for themselves.",
        labels=("endpoint", "replica"),
    )
    for names, used in memory.items():
        metric.add_metric(names, used)
    return metric


def _memory(replicas: Mapping[str, list[Replica]]) -> dict[tuple[str, str], int]:
    return {
        (name, replica.replica_id): used
        for name, of_endpoint in replicas.items()
        for replica in of_endpoint
        if (used := replica.memory_bytes()) is not None
    }
