"""Predictions over real HTTP: what is sent where, what is tried again, what is an error."""

import io
import logging
from pathlib import Path
from typing import Any, Dict

import pytest
from werkzeug import Response

from outpostkit import RetryPolicy
from outpostkit.exceptions import (
    ConfigurationError,
    OutpostHTTPException,
    OutpostTimeoutError,
    PredictionHTTPException,
    UnreadableResponseError,
)

SUMMARY = [{"summary_text": "Imagine you are standing in the middle of a room."}]


def infer(sdk: Any, **kwargs: Any) -> Any:
    """Send one prediction."""
    return sdk.do(lambda client: sdk.predictor(client).infer(**kwargs))


def test_a_prediction_is_sent_as_json_and_answered_as_httpx_answers(sdk, server) -> None:
    """The README's example: post a document, read the summary."""
    server.on("POST", "/predict", server.json(SUMMARY))

    response = infer(sdk, json={"documents": "Imagine you are standing…"})

    assert response.json() == SUMMARY
    assert server.last.json == {"documents": "Imagine you are standing…"}
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", ["get_prediction_client", "create_predictor", "get_predictor"])
def test_an_endpoint_knows_where_its_predictions_go(sdk, server, method: str) -> None:
    """Protocol, domain and paths come from the endpoint; each name of the method works."""
    domain = {"protocol": "http", "name": server.url.partition("://")[2], "id": "d"}
    resource = server.endpoint(
        primaryDomain=domain, predictionPath="/domains/x/predict", healthcheckPath="/domains/x/ok"
    )
    server.on("GET", "/v1/endpoints/aj-ya/echo", server.json(resource))
    server.on("POST", "/domains/x/predict", server.json(SUMMARY))

    def job(client: Any) -> Any:
        endpoint = sdk.endpoint(client)
        if not sdk.is_async:
            return getattr(endpoint, method)().infer(json={})

        async def both() -> Any:
            return await (await getattr(endpoint, method)()).infer(json={})

        return both()

    assert sdk.do(job).json() == SUMMARY


@pytest.mark.parametrize(
    ("kwargs", "media_type", "body"),
    [
        (
            {"data": {"a": "1", "b": ["x", "y"]}},
            "application/x-www-form-urlencoded",
            b"a=1&b=x&b=y",
        ),
        ({"data": b"raw"}, "", b"raw"),
        ({"data": "text"}, "", b"text"),
        ({"content": b"raw", "headers": {"Content-Type": "image/png"}}, "image/png", b"raw"),
    ],
)
def test_a_body_may_have_any_form(
    sdk, server, kwargs: Dict[str, Any], media_type: str, body: bytes
) -> None:
    """Forms, bytes and text are sent as they are."""
    server.on("POST", "/predict", server.json({}))

    infer(sdk, **kwargs)

    assert server.last.get_data() == body
    assert server.last.headers.get("Content-Type", "").startswith(media_type)


def test_files_are_sent_with_fields_and_parameters(sdk, server, tmp_path: Path) -> None:
    """Multipart, with the query beside it."""
    got: Dict[str, Any] = {}

    def take(request: Any) -> Response:
        got.update(
            file=request.files["image"].read(),
            name=request.files["image"].filename,
            field=request.form["prompt"],
            query=request.args["top_k"],
        )
        return server.json({})

    server.handle("POST", "/predict", take, keeps_body=False)
    path = tmp_path / "cat.png"
    path.write_bytes(b"\x89PNG\r\n")

    with path.open("rb") as image:
        infer(sdk, files={"image": image}, data={"prompt": "a cat"}, params={"top_k": 3})

    assert got == {"file": b"\x89PNG\r\n", "name": "cat.png", "field": "a cat", "query": "3"}


def test_a_callers_own_authorization_is_used_instead(sdk, server) -> None:
    """Headers of the call go before those of the client."""
    server.on("POST", "/predict", server.json({}))

    infer(sdk, json={}, headers={"Authorization": "Bearer other"})

    assert server.last.headers["Authorization"] == "Bearer other"


def test_an_error_of_the_template_carries_its_data(sdk, server) -> None:
    """The JSON is on the error, and a POST that may have run is not sent again."""
    server.on("POST", "/predict", server.json({"error": "no text", "type": "unhandled_error"}, 500))

    with pytest.raises(PredictionHTTPException, match="no text") as caught:
        infer(sdk, json={})

    assert caught.value.status_code == 500
    assert caught.value.data == {"error": "no text", "type": "unhandled_error"}
    assert isinstance(caught.value, OutpostHTTPException)
    assert len(server.requests) == 1


def test_an_error_in_plain_text_is_the_message(sdk, server) -> None:
    """With no data, as there is no JSON."""
    server.on("POST", "/predict", Response("out of memory", 599, content_type="text/plain"))

    with pytest.raises(PredictionHTTPException, match="out of memory") as caught:
        infer(sdk, json={})

    assert (caught.value.status_code, caught.value.data) == (599, None)


def test_a_token_that_the_domain_sends_back_is_not_shown(sdk, server) -> None:
    """Neither in the message nor in the data."""
    server.on("POST", "/predict", server.json({"error": f"bad token {server.token}"}, 401))

    with pytest.raises(PredictionHTTPException) as caught:
        infer(sdk, json={})

    assert server.token not in f"{caught.value} {vars(caught.value)}"
    assert caught.value.data == {"error": "bad token [redacted]"}


def test_a_waking_endpoint_is_asked_again(sdk, server) -> None:
    """The router's 503 with Retry-After says that no replica saw the request."""
    asleep = {"message": "No replica is ready.", "code": "no_replica_ready"}
    server.on("POST", "/predict", server.json(asleep, 503, Retry_After="0"), server.json(SUMMARY))

    assert infer(sdk, json={"documents": "x"}).json() == SUMMARY
    assert [request.json for request in server.requests] == [{"documents": "x"}] * 2


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"message": "No endpoint is deployed.", "code": "not_deployed"}, {}),
        ({"detail": "model is busy"}, {"Retry_After": "0"}),
        ("busy", {"Retry_After": "0"}),
    ],
)
def test_a_503_that_does_not_say_so_is_not_repeated(
    sdk, server, body: Any, headers: Dict[str, str]
) -> None:
    """Without Retry-After, or in a template's own words, the prediction may have been made."""
    server.on("POST", "/predict", server.json(body, 503, **headers))

    with pytest.raises(PredictionHTTPException):
        infer(sdk, json={})

    assert len(server.requests) == 1


def test_a_body_that_can_be_read_once_is_sent_once(sdk, server) -> None:
    """Repeating it would send nothing, or half of it."""
    asleep = {"message": "No replica is ready.", "code": "no_replica_ready"}
    server.on("POST", "/predict", server.json(asleep, 503, Retry_After="0"))

    async def stream_async() -> Any:
        yield b"part"

    def stream() -> Any:
        yield b"part"

    with pytest.raises(PredictionHTTPException):
        infer(sdk, content=stream_async() if sdk.is_async else stream())

    assert len(server.requests) == 1


def test_a_file_is_rewound_for_the_second_attempt(sdk, server) -> None:
    """Both attempts carry the whole file."""
    asleep = {"message": "No replica is ready.", "code": "no_replica_ready"}
    answers = [server.json(asleep, 503, Retry_After="0"), server.json({})]
    bodies = []

    def take(request: Any) -> Response:
        bodies.append(request.files["f"].read())
        return answers.pop(0)

    server.handle("POST", "/predict", take, keeps_body=False)

    infer(sdk, files={"f": ("f.bin", io.BytesIO(b"whole"))})

    assert bodies == [b"whole", b"whole"]


def test_a_sleeping_endpoint_is_waited_for_longer_than_the_attempts_of_a_policy(
    sdk, server
) -> None:
    """Nothing was predicted, so nothing has failed yet; the last answer is the prediction."""
    asleep = server.json({"message": "Waking.", "code": "no_replica_ready"}, 503, Retry_After="0")
    server.on("POST", "/predict", *[asleep] * 9, server.json(SUMMARY))

    assert infer(sdk, json={}).json() == SUMMARY
    assert len(server.requests) == 10


def test_a_sleeping_endpoint_is_waited_for_until_the_deadline(sdk, server, clock) -> None:
    """Then its answer is the error, without a pause that would end too late."""
    asleep = {"message": "Waking.", "code": "no_replica_ready"}
    server.on("POST", "/predict", server.json(asleep, 503, Retry_After="0"))
    began = clock.monotonic()

    with pytest.raises(PredictionHTTPException, match="Waking"):
        sdk.do(
            lambda client: sdk.predictor(client).infer(json={}),
            retry=RetryPolicy(initial_delay=20, max_delay=50, deadline=400),
        )

    assert clock.monotonic() - began < 400
    assert len(server.requests) > 5


def test_one_attempt_is_one_attempt_for_a_sleeping_endpoint_too(sdk, server) -> None:
    """Who forbids retries is not kept waiting."""
    asleep = {"message": "Waking.", "code": "no_replica_ready"}
    server.on("POST", "/predict", server.json(asleep, 503, Retry_After="0"))

    with pytest.raises(PredictionHTTPException):
        sdk.do(
            lambda client: sdk.predictor(client).infer(json={}), retry=RetryPolicy(max_attempts=1)
        )

    assert len(server.requests) == 1


def test_a_redirect_does_not_take_the_token_along(sdk, server) -> None:
    """A prediction domain cannot send the token, or the input, elsewhere."""
    server.on("POST", "/predict", Response("", 307, {"Location": f"{server.url}/elsewhere"}))

    with pytest.raises(PredictionHTTPException, match="redirect"):
        infer(sdk, json={})

    assert [request.path for request in server.requests] == ["/predict"]


def test_waking_returns_whatever_the_answer_is(sdk, server) -> None:
    """A template need not know GET for the endpoint to wake up."""
    server.on("GET", "/predict", server.json({"detail": "Method Not Allowed"}, 405))

    response = sdk.do(lambda client: sdk.predictor(client).wake())

    assert response.status_code == 405
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"


def test_the_document_of_an_endpoint_says_what_it_takes(sdk, server) -> None:
    """It lies beside the prediction path; what is no document is an error that says so."""
    document = {"openapi": "3.1.0", "paths": {}}
    server.on("GET", "/openapi.json", server.json(document), server.json(["no"]))

    assert sdk.do(lambda client: sdk.predictor(client).openapi()) == document
    assert server.last.headers["Authorization"] == f"Bearer {server.token}"
    with pytest.raises(UnreadableResponseError, match="no JSON object"):
        sdk.do(lambda client: sdk.predictor(client).openapi())


def test_other_clients_find_an_endpoints_routes_below_its_base_url(sdk) -> None:
    """Such as those of the OpenAI SDK."""
    client = sdk.Client("token", base_url="http://x/v1")
    predictor = sdk.Predictor(client, "http://x:1", "/domains/echo/predict", "/domains/echo/ok")

    assert predictor.base_url == "http://x:1/domains/echo"
    assert predictor.document_url == "http://x:1/domains/echo/openapi.json"


def test_a_healthcheck_needs_no_token_and_is_not_repeated(sdk, server) -> None:
    """503 is an answer: not ready."""
    server.on("GET", "/healthcheck", server.json({"status": "starting"}, 503))

    response = sdk.do(lambda client: sdk.predictor(client).healthcheck())

    assert response.status_code == 503
    assert "Authorization" not in server.last.headers
    assert len(server.requests) == 1


def test_predictions_are_more_patient_than_calls_of_the_api(sdk) -> None:
    """300 s for bytes and 600 s in all, unless the client was given other settings."""

    def settings(**options: Any) -> Any:
        predictor = sdk.predictor(sdk.Client("token", base_url="http://x/v1", **options))
        settings = predictor._calls.settings
        return settings.timeout["read"], settings.retry.deadline

    assert settings() == (300.0, 600.0)
    assert settings(timeout=7.0, retry=RetryPolicy(deadline=9)) == (7.0, 9)


def test_a_call_may_have_its_own_timeout(sdk, server) -> None:
    """Shorter than what the client allows."""

    server.handle("POST", "/predict", server.hang)

    with pytest.raises(OutpostTimeoutError):
        infer(sdk, json={}, timeout=0.05)


def test_a_prediction_client_may_have_its_own_timeout(sdk, server) -> None:
    """It goes before that of the client, for all of its calls."""
    server.handle("POST", "/predict", server.hang)

    with pytest.raises(OutpostTimeoutError):
        sdk.do(lambda client: sdk.predictor(client, timeout=0.05).infer(json={}))


@pytest.mark.parametrize("address", ["echo.outpost.run", "", "ftp://x"])
def test_a_domain_without_a_protocol_is_refused(sdk, address: str) -> None:
    """The error says where to get a right one."""
    with pytest.raises(ConfigurationError, match="get_prediction_client"):
        sdk.Predictor(sdk.Client("token"), address, "/predict", "/healthcheck")


def test_nothing_that_is_logged_holds_the_token(
    sdk, server, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level, ours and httpx's."""
    caplog.set_level(logging.DEBUG)
    server.on("POST", "/predict", server.json({}))

    infer(sdk, json={}, params={"key": "query-secret"})

    ours = [record for record in caplog.records if record.name.startswith("outpostkit")]
    assert "POST /predict" in ours[-1].getMessage()
    assert not [record for record in ours if "query-secret" in record.getMessage()]
    assert server.token not in caplog.text
