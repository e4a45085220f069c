"""What Sentry and OpenTelemetry see of calls; each in a program of its own, as neither lets go."""

import importlib.util
import json
import os
import subprocess
import sys
from typing import Any

import pytest

TOKEN = "op_secret-token/1"

SENTRY = """
import sentry_sdk
from sentry_sdk.transport import Transport

events = []

class Keep(Transport):
    def capture_envelope(self, envelope):
        events.extend(item.payload.json for item in envelope.items)

def switch_on():
    sentry_sdk.init(dsn="http://a@127.0.0.1/1", transport=Keep, traces_sample_rate=1.0)

def watched():
    return sentry_sdk.start_transaction(name="t")

def told():
    crumbs = sentry_sdk.get_isolation_scope()._breadcrumbs
    return {
        "crumbs": [each["data"]["url"] for each in crumbs if each.get("category") == "httplib"],
        "spans": [span["description"] for span in events[-1]["spans"]],
        "has token": token in json.dumps([events, list(crumbs)], default=str),
    }
"""

OPENTELEMETRY = """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

exporter = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)

def switch_on():
    exporter.clear()
    HTTPXClientInstrumentor().instrument()

def watched():
    return trace.get_tracer("program").start_as_current_span("program")

def told():
    spans = exporter.get_finished_spans()
    names = {span.context.span_id: span.name for span in spans}
    return [
        [span.name, span.kind.name, span.parent and names.get(span.parent.span_id)]
        for span in spans
    ]
"""

PROGRAM = """
import asyncio, json, os, sys
from outpost_api.api import user
from outpostkit import AsyncClient, Client, RetryPolicy

colour, moment, base_url = sys.argv[1:]
token = os.environ["OUTPOST_API_TOKEN"]
plan = user.get_user.plan()
options = {"base_url": base_url, "retry": RetryPolicy(initial_delay=0.001, max_delay=0.002)}

async def main():
    async with AsyncClient(**options) as client:
        if moment == "before":
            await client.call(plan)
            switch_on()
        with watched():
            await client.call(plan)

if moment == "after":
    switch_on()
if colour == "async":
    asyncio.run(main())
else:
    with Client(**options) as client:
        if moment == "before":
            client.call(plan)
            switch_on()
        with watched():
            client.call(plan)
print(json.dumps(told()))
"""


def run(tool: str, sdk: Any, moment: str, server: Any) -> Any:
    """Return what a tool has been told by a call of a client that was made before it or after."""
    colour = "async" if sdk.is_async else "blocking"
    done = subprocess.run(
        [sys.executable, "-c", tool + PROGRAM, colour, moment, server.url],
        env={**os.environ, "OUTPOST_API_TOKEN": TOKEN},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(params=["before", "after"])
def moment(request: pytest.FixtureRequest) -> str:
    """Whether the client is made before or after the tool is switched on."""
    return str(request.param)


def need(package: str) -> None:
    """Skip a test whose tool is not there."""
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:  # nor is the package that it is in
        found = None
    if found is None:
        pytest.skip(f"{package} is not installed")


def test_sentry_has_a_breadcrumb_and_a_span_of_each_call(sdk, server, moment) -> None:
    """As of a program's own use of httpx."""
    need("sentry_sdk")
    server.on("GET", "/user", server.json(server.user))

    told = run(SENTRY, sdk, moment, server)

    assert told == {
        "crumbs": [f"{server.url}/user"],
        "spans": [f"GET {server.url}/user"],
        "has token": False,
    }
    assert "sentry-trace" in server.last.headers


def test_opentelemetry_has_the_attempts_of_a_call_within_it(sdk, server, moment) -> None:
    """The requests are its instrumentation's spans, so that of the call is no request itself."""
    need("opentelemetry.instrumentation.httpx")
    need("opentelemetry.sdk")
    busy = server.json({"message": "busy"}, 503, Retry_After="0")
    ready = server.json(server.user)
    server.on("GET", "/user", *([ready] if moment == "before" else []), busy, ready)

    told = run(OPENTELEMETRY, sdk, moment, server)

    assert told == [
        ["GET", "CLIENT", "GET /user"],
        ["GET", "CLIENT", "GET /user"],
        ["GET /user", "INTERNAL", "program"],
        ["program", "INTERNAL", None],
    ]
    parents = [each.headers["traceparent"].split("-")[2] for each in server.requests[-2:]]
    assert len(set(parents)) == 2
