"""Routes of a template beside ``/predict``, and what its document says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from outpost_server.worker.app import build_app
from outpost_server.worker.errors import TemplateError
from outpost_server.worker.loading.template import load_template

ROUTES = '''
import asyncio
import time

from outpost_runtime import Binary, EventStream, NoParameters, Overloaded, TaskRequest, Texts
from outpost_runtime import Parameters, bad_input, get, post
from pydantic import BaseModel


class Options(Parameters):
    times: int = 1


class Request(TaskRequest[Options]):
    inputs: Texts
    stream: bool = False


class Image(TaskRequest[NoParameters]):
    inputs: Binary


class Text(BaseModel):
    text: str


class Model:
    stopped = 0

    async def predict(self, request: Request) -> list[Text] | EventStream:
        """Repeat what is said."""
        texts = request.inputs if isinstance(request.inputs, list) else [request.inputs]
        answers = [Text(text=text * request.parameters.times) for text in texts]
        return EventStream(self.told(answers), "[DONE]") if request.stream else answers

    async def told(self, answers):
        try:
            for answer in answers:
                yield answer
            while answers[0].text == "forever":
                yield answers[0]
                await asyncio.sleep(0.01)
        finally:
            type(self).stopped += 1

    @get("/v1/models")
    def models(self) -> dict[str, list[str]]:
        return {"data": ["model"]}

    @get("/stopped")
    def number(self) -> int:
        return self.stopped

    @post("/v1/size")
    @post("/v1/length")
    def size(self, image: Image) -> int:
        """Tell how long it is."""
        return len(image.inputs)

    @post("/items/{name}", answer=Text)
    async def item(self, name: str, loud: bool = False):
        return {"text": name.upper() if loud else name}

    @post("/full")
    async def full(self):
        raise Overloaded("9 inputs wait.", retry_after_s=3)

    @post("/bad")
    async def bad(self):
        raise bad_input(("inputs", 3), "should be better")

    @post("/broken")
    def broken(self):
        raise LookupError("no such thing")
'''


@pytest.fixture(scope="module")
def endpoint(api: Any) -> Any:
    return api.deployed(ROUTES, "Model")


@pytest.fixture
def call(api: Any, endpoint: Any) -> Callable[..., httpx.Response]:
    """Return what calls a path of the endpoint's domain, as its owner."""
    base = endpoint.url().removesuffix("/predict").rstrip("/")

    def call(method: str, path: str, **request: Any) -> httpx.Response:
        return api.http.request(method, base + path, **request)

    return call


def test_marked_methods_are_served_beside_predict(call: Callable[..., httpx.Response]) -> None:
    """With all that FastAPI gives to a route; one method may have several."""
    assert call("POST", "/predict", json={"inputs": "a", "times": 2}).json() == [{"text": "aa"}]
    assert call("GET", "/v1/models").json() == {"data": ["model"]}
    assert call("POST", "/v1/size", content=b"\x00\x01").json() == 2
    assert call("POST", "/v1/length", content=b"\x00\x01").json() == 2
    assert call("POST", "/items/a?loud=1").json() == {"text": "A"}


def test_the_address_of_an_endpoint_is_its_predict(call: Callable[..., httpx.Response]) -> None:
    """Clients of inference APIs post exactly where they are pointed to, with a slash or without."""
    body = {"inputs": "a", "parameters": {"times": 3}}

    assert call("POST", "", json=body).json() == [{"text": "aaa"}]
    assert call("POST", "/", json=body).json() == [{"text": "aaa"}]


def test_other_routes_are_for_those_who_may_predict(
    api: Any, call: Callable[..., httpx.Response], endpoint: Any
) -> None:
    """As the endpoint is; what there is not is nobody's."""
    base = endpoint.url().removesuffix("/predict").rstrip("/")

    assert httpx.get(f"{base}/v1/models", trust_env=False).status_code == 401
    assert call("GET", "/v1/nothing").status_code == 404
    refused = call("GET", "/v1/size")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["code"] == "method_not_allowed"


def test_errors_of_other_routes_are_told_and_logged_alike(
    call: Callable[..., httpx.Response], endpoint: Any, eventually: Callable[..., Any]
) -> None:
    """With the status that the template gives them, and else 500."""
    full, bad, broken = (call("POST", path) for path in ("/full", "/bad", "/broken"))

    assert (full.status_code, full.headers["retry-after"]) == (503, "3")
    assert full.json() == {"message": "9 inputs wait.", "code": "replica_overloaded"}
    assert bad.status_code == 422
    assert bad.json()["detail"][0]["loc"] == ["body", "inputs", 3]
    assert broken.status_code == 500
    assert broken.json()["message"] == "LookupError: no such thing"
    request_id = broken.headers["X-Request-Id"]
    logged = f"POST /broken raised LookupError: no such thing (request {request_id})"
    eventually(lambda: logged in endpoint.messages("runtime"))


def test_a_stream_ends_with_its_client(
    call: Callable[..., httpx.Response],
    api: Any,
    endpoint: Any,
    eventually: Callable[..., Any],
) -> None:
    """The work for it is stopped."""
    whole = call("POST", "/predict", json={"inputs": "a", "stream": True})
    assert whole.text == 'data: {"text":"a"}\n\ndata: [DONE]\n\n'
    before = call("GET", "/stopped").json()

    body = {"inputs": "forever", "stream": True}
    with api.http.stream("POST", endpoint.url(), json=body) as answer:
        lines = answer.iter_lines()
        told = [next(lines) for _ in range(4)]
    assert told == ['data: {"text":"forever"}', ""] * 2

    eventually(lambda: call("GET", "/stopped").json() == before + 1)


def test_the_document_describes_bodies_and_answers(call: Callable[..., httpx.Response]) -> None:
    """Also those that may be JSON, a form or bytes, so that a client can be written from it."""
    document = call("GET", "/openapi.json").json()
    predict = document["paths"]["/predict"]["post"]
    size = document["paths"]["/v1/size"]["post"]
    answer = predict["responses"]["200"]["content"]["application/json"]["schema"]
    schemas = document["components"]["schemas"]

    assert "/" not in document["paths"]
    assert predict["requestBody"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/Request"
    }
    assert set(schemas["Request"]["properties"]) == {"inputs", "parameters", "stream"}
    assert schemas["Options"]["properties"]["times"]["default"] == 1
    assert answer["items"] == {"$ref": "#/components/schemas/Text"}
    assert set(size["requestBody"]["content"]) == {
        "application/json",
        "multipart/form-data",
        "application/octet-stream",
    }
    assert "422" in predict["responses"]
    assert all(reference in schemas for reference in references(document))


def references(document: Any) -> list[str]:
    """Return the names of the schemas that a document refers to."""
    text = json.dumps(document)
    return [part.split('"')[0] for part in text.split("#/components/schemas/")[1:]]


@pytest.mark.parametrize(
    ("marks", "reason"),
    [
        ('@post("/predict")', "The path /predict of 'one' is served already."),
        ('@get("/healthcheck")', "The path /healthcheck of 'one' is served already."),
        ('@get("/docs")', "The path /docs of 'one' is served already."),
        ('@post("/openapi.json")', "The path /openapi.json of 'one' is served already."),
        ('@post("/")', "The path / of 'one' is served already."),
        ('@post("/other")', "'one' and 'other' both serve POST /other."),
        ('@post("one")', "The path 'one' of 'one' does not begin with '/'."),
    ],
)
def test_a_route_that_cannot_be_served_fails_the_template(
    marks: str, reason: str, tmp_path: Path
) -> None:
    """With the method that it is of."""
    path = tmp_path / "template.py"
    path.write_text(
        f"""
from outpost_runtime import get, post

class Model:
    def predict(self): ...

    {marks}
    def one(self): ...

    @post("/other")
    def other(self): ...
""",
        encoding="utf-8",
    )

    with pytest.raises(TemplateError) as refused:
        build_app(load_template(path, "Model"), path)

    assert refused.value.reason == reason


def test_what_is_wrong_with_a_request_is_also_told_in_words(
    call: Callable[..., httpx.Response],
) -> None:
    """Many clients show the message alone."""
    refused = call("POST", "/predict", json={"inputs": 5, "times": "many"})

    assert refused.status_code == 422
    assert refused.json()["message"] == (
        "times: Input should be a valid integer, unable to parse string as an integer;"
        " inputs: Input should be a valid string"
    )
    assert [error["loc"] for error in refused.json()["detail"]] == [
        ["body", "times"],
        ["body", "inputs"],
    ]
