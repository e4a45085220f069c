"""What is logged, what OpenTelemetry is told, and that neither holds a secret."""

import logging
import os
import subprocess
import sys
import threading
from typing import Any, Dict, Iterator, List

import httpx
import pytest

from outpost_api.api import user
from outpostkit import Client
from outpostkit.exceptions import ConfigurationError, NotFoundError, OutpostConnectionError

GET_USER = user.get_user.plan()


def program(server: Any, level: str, more: str = "") -> "subprocess.CompletedProcess[str]":
    """Run a program that asks for the user, with ``OUTPOST_LOG``."""
    code = (
        f"{more}\nfrom outpostkit import Client\n"
        f"Client({server.token!r}, base_url={server.base_url!r})"
        ".with_options(query={'access_token': 'query-secret', 'page': '2'}).call("
        "__import__('outpost_api.api.user', fromlist=['x']).get_user.plan())"
    )
    environment = {**os.environ, "OUTPOST_LOG": level}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env=environment
    )


def test_nothing_is_said_unless_it_is_asked_for(server) -> None:
    """Not even when an attempt has to be repeated."""
    busy = server.json({"message": "busy"}, 503, Retry_After="0")
    server.on("GET", "/v1/user", busy, server.json(server.user))

    done = program(server, "")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_debug_shows_requests_and_answers_without_secrets(server) -> None:
    """Method, address, status and headers, on standard error."""
    server.on("GET", "/v1/user", server.json(server.user, X_Request_Id="r-1", X_Odd=server.token))

    done = program(server, "debug")

    assert done.returncode == 0
    assert f"GET {server.base_url}/user?access_token=[redacted]&page=2" in done.stderr
    assert "authorization: [redacted]" in done.stderr
    assert "status 200" in done.stderr
    assert "x-request-id: r-1" in done.stderr
    assert server.token not in done.stderr
    assert "query-secret" not in done.stderr


def test_info_tells_of_repeated_attempts_alone(server) -> None:
    """One line for each wait."""
    busy = server.json({"message": "busy"}, 503, Retry_After="0")
    server.on("GET", "/v1/user", busy, server.json(server.user))

    lines = program(server, "info").stderr.splitlines()

    assert len(lines) == 1
    assert "outpostkit INFO GET /v1/user: status 503; attempt 2 of 4 in 0.00 s" in lines[0]


def test_a_program_that_has_set_up_the_logger_keeps_it(server) -> None:
    """OUTPOST_LOG adds no second handler."""
    server.on("GET", "/v1/user", server.json(server.user))
    own = "import logging\nlogging.getLogger('outpostkit').addHandler(logging.NullHandler())"

    assert program(server, "debug", own).stderr == ""


def test_a_level_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a client is made."""
    monkeypatch.setenv("OUTPOST_LOG", "loud")
    monkeypatch.setattr(logging.getLogger("outpostkit"), "handlers", [])

    with pytest.raises(ConfigurationError, match="OUTPOST_LOG is 'loud'"):
        Client("token")


class Recorder:
    """What a tracer provider of a program would have recorded."""

    def __init__(self) -> None:
        self.spans: List[Any] = []

    def provider(self, trace: Any) -> Any:
        """A provider of the interface alone, without the SDK of OpenTelemetry."""
        recorder = self

        class Span(trace.NonRecordingSpan):
            def __init__(self, name: str, kind: Any, attributes: Dict[str, Any]) -> None:
                context = trace.SpanContext(7, 9, False, trace.TraceFlags(1))
                super().__init__(context)
                self.name, self.kind, self.attributes = name, kind, dict(attributes)
                self.status: Any = None
                self.ends = 0

            def set_attributes(self, attributes: Any) -> None:
                self.attributes.update(attributes)

            def set_status(self, status: Any, description: Any = None) -> None:
                self.status = status

            def end(self, end_time: Any = None) -> None:
                self.ends += 1

        class Tracer(trace.NoOpTracer):
            def start_span(self, name: str, *args: Any, **given: Any) -> Any:
                recorder.spans.append(Span(name, given["kind"], given["attributes"]))
                return recorder.spans[-1]

        class Provider(trace.NoOpTracerProvider):
            def get_tracer(self, *args: Any, **given: Any) -> Any:
                return Tracer()

        return Provider()


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Record spans, as a program that uses OpenTelemetry does."""
    trace = pytest.importorskip("opentelemetry.trace", reason="opentelemetry-api is not installed")
    recorder = Recorder()
    provider = recorder.provider(trace)
    monkeypatch.setattr(trace, "get_tracer", lambda *args, **given: provider.get_tracer())
    yield recorder
    for name in [name for name in sys.modules if name.startswith("opentelemetry")]:
        monkeypatch.delitem(sys.modules, name)  # or every later test would record spans


def test_a_call_is_one_span_with_all_its_attempts(sdk, server, recorder: Recorder) -> None:
    """Named and described as OpenTelemetry's conventions for HTTP clients want it."""
    busy = server.json({"message": "busy"}, 503, Retry_After="0")
    server.on("GET", "/v1/user", busy, server.json(server.user, X_Request_Id="r-1"))

    sdk.do(lambda client: client.call(GET_USER, extra_query={"key": "query-secret"}))

    (span,) = recorder.spans
    assert (span.name, span.ends, span.status) == ("GET /user", 1, None)
    port = int(server.url.rpartition(":")[2])
    assert span.attributes == {
        "http.request.method": "GET",
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
        "outpost.operation": "getUser",
        "outpost.request_id": "r-1",
        "server.address": "localhost",
        "server.port": port,
        "url.full": f"{server.base_url}/user",
        "url.template": "/user",
    }
    assert {request.headers["traceparent"] for request in server.requests} == {
        "00-00000000000000000000000000000007-0000000000000009-01"
    }


def test_a_span_tells_of_an_error(sdk, server, recorder: Recorder) -> None:
    """By status, or by the class of the error when no answer came."""
    server.on("GET", "/v1/user", server.json({"message": f"no {server.token}"}, 404))

    with pytest.raises(NotFoundError):
        sdk.do(sdk.user)
    with pytest.raises(OutpostConnectionError):
        sdk.do(sdk.user, base_url="http://127.0.0.1:1/v1")

    refused, unreachable = recorder.spans
    assert refused.attributes["error.type"] == "404"
    assert unreachable.attributes["error.type"] == "outpostkit.exceptions.OutpostConnectionError"
    assert [span.status.is_ok for span in recorder.spans] == [False, False]
    assert server.token not in repr([vars(span) for span in recorder.spans])


def through_httpx(sdk: Any, server: Any) -> Dict[str, Dict[str, Any]]:
    """Options that make a client send through httpx, by what the program has asked for."""

    async def async_hook(request: Any) -> None:
        pass

    hook = async_hook if sdk.is_async else (lambda request: None)
    return {
        "proxy": {"proxy": server.url, "base_url": "http://api.test/v1"},
        "event_hooks": {"event_hooks": {"request": [hook]}},
        "transport": {"transport": sdk.httpx_transport()},
    }


@pytest.mark.parametrize("way", ["proxy", "event_hooks", "transport"])
def test_httpx_logs_nothing_of_ours(sdk, server, caplog, way) -> None:
    """Neither the query, which may be signed, nor what the headers of the answer hold."""
    caplog.set_level(logging.DEBUG)
    server.on("GET", "/v1/odd", server.json({}, Set_Cookie="session=cookie-secret"))
    options = through_httpx(sdk, server)[way]

    sdk.do(lambda client: client._request("GET", "/odd?signature=query-secret"), **options)

    lines = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    assert [line for line in lines if "secret" in line] == []
    assert any("/v1/odd?signature=[redacted]" in line for line in lines)


def test_httpx_logs_what_the_program_sends_itself(server, caplog) -> None:
    """Also from within a call of ours, and from other threads at the same time."""
    caplog.set_level(logging.INFO)
    server.on("GET", "/v1/user", server.json(server.user))
    server.on("GET", "/own", server.json({}))
    other = threading.Thread(target=lambda: httpx.get(f"{server.url}/own?from=thread"))

    def hook(request: Any) -> None:
        httpx.get(f"{server.url}/own?from=hook")
        other.start()
        other.join()

    options = {"event_hooks": {"request": [hook]}}
    with Client(server.token, base_url=server.base_url, **options) as client:
        client.call(GET_USER)
    httpx.get(f"{server.url}/own?from=after")

    lines = [record.getMessage() for record in caplog.records if record.name == "httpx"]
    assert [line.partition("from=")[2].split(" ")[0] for line in lines] == [
        "hook",
        "thread",
        "after",
    ]
