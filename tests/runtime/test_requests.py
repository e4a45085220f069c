"""What clients send to a task, in each of its forms, and what they are told is wrong."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from hypothesis import given, strategies as st
from pydantic import AliasChoices, BaseModel, Field

from outpost_runtime import Binary, OneOrMore, Parameters, TaskRequest, Texts


class Options(Parameters):
    times: int = Field(default=1, ge=1, le=9)
    words: tuple[str, ...] = ()


class TextRequest(TaskRequest[Options]):
    inputs: Texts


class Question(BaseModel):
    question: str
    context: str


class QuestionRequest(TaskRequest[Options]):
    inputs: OneOrMore[Question]


class EitherRequest(TaskRequest[Options]):
    inputs: Question | OneOrMore[str]


class ImageRequest(TaskRequest[Options]):
    inputs: Binary = Field(validation_alias=AliasChoices("inputs", "image"))


app = FastAPI()


@app.post("/text")
async def text(request: Annotated[TextRequest, Depends(TextRequest.read)]) -> Any:
    return {"inputs": request.inputs, "times": request.parameters.times, "accept": request.accept}


@app.post("/question")
async def question(request: Annotated[QuestionRequest, Depends(QuestionRequest.read)]) -> Any:
    return request


@app.post("/either")
async def either(request: Annotated[EitherRequest, Depends(EitherRequest.read)]) -> Any:
    return request


@app.post("/image")
async def image(request: Annotated[ImageRequest, Depends(ImageRequest.read)]) -> Any:
    return {"inputs": request.inputs.hex(), "times": request.parameters.times}


def post(path: str, **request: Any) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://replica") as client:
            return await client.post(path, **request)

    return asyncio.run(send())


def refused(path: str, **request: Any) -> list[Any]:
    """Return where the request is wrong, as the answer names it."""
    answer = post(path, **request)
    assert answer.status_code == 422, answer.text
    return [error["loc"] for error in answer.json()["detail"]]


JSON = {"Content-Type": "application/json"}
FORMS = {
    "as the seed does": {"json": {"documents": "a", "times": 2}},
    "in other words": {"json": {"text": "a", "times": 2}},
    "as huggingface_hub does": {"json": {"inputs": "a", "parameters": {"times": 2}}},
    "with null for the rest": {
        "json": {"inputs": "a", "text": None, "parameters": {"times": 2, "words": None}}
    },
    "as a form with files": {"files": {"inputs": b"a"}, "data": {"times": "2"}},
    "as curl does": {
        "content": b'{"inputs": "a", "times": 2}',
        "headers": {"Content-Type": "application/x-www-form-urlencoded"},
    },
    "without a content type": {"content": b' {"inputs": "a", "times": 2}'},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_text_is_read_in_each_form(form: str) -> None:
    """All of these ask for the same."""
    answer = post("/text", **FORMS[form])

    assert answer.status_code == 200, answer.text
    assert (answer.json()["inputs"], answer.json()["times"]) == ("a", 2)


def test_a_body_that_is_no_json_is_the_text() -> None:
    """With and without a content type."""
    plain = {"content": "grün".encode(), "headers": {"Content-Type": "text/plain"}}

    assert post("/text", **plain).json()["inputs"] == "grün"
    assert post("/text", content="grün".encode()).json()["inputs"] == "grün"
    assert refused("/text", content=b"\xff\xfe") == [["body"]]


def test_the_template_sees_which_answer_is_liked() -> None:
    """The header Accept is part of what is asked."""
    answer = post("/text", json={"inputs": "a"}, headers={"Accept": "image/png"})

    assert answer.json()["accept"] == "image/png"


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({}, [["body", "inputs"]]),
        ({"inputs": 5}, [["body", "inputs"]]),
        ({"documents": ["a", 5]}, [["body", "documents", 1]]),
        ({"inputs": "a", "times": 0}, [["body", "times"]]),
        ({"inputs": "a", "parameters": {"times": 0}}, [["body", "parameters", "times"]]),
        ({"inputs": "a", "parameters": {"time": 1}}, [["body", "parameters", "time"]]),
        ({"inputs": "a", "parameters": 5}, [["body", "parameters"]]),
        ({"inputs": "a", "time": 1}, [["body", "time"]]),
        ([], [["body"]]),
        ("a", [["body"]]),
    ],
    ids=str,
)
def test_what_is_wrong_is_named_where_it_was_sent(body: Any, places: list[Any]) -> None:
    """Also a parameter beside the input, and an element of a list."""
    assert refused("/text", json=body) == places


@pytest.mark.parametrize(
    ("inputs", "place"),
    [
        ({"question": "Who?"}, ["context"]),
        ({"question": "Who?", "context": 5}, ["context"]),
        (["a", 5], [1]),
        (5, []),
    ],
    ids=str,
)
def test_what_is_wrong_among_several_kinds_is_named_as_it_was_sent(
    inputs: Any, place: list[Any]
) -> None:
    """No step is the name of a class that the client does not know."""
    places = refused("/either", json={"inputs": inputs})

    assert ["body", "inputs", *place] in places
    assert not [step for one in places for step in one if step == "Question" or "[" in str(step)]


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"inputs": "\\ud800"}', b"[" * 100_000, b'{"inputs": "\xff"}', b"nope"],
    ids=["unfinished", "half a character", "deep", "no UTF-8", "a word"],
)
def test_json_that_cannot_be_read_is_refused(content: bytes) -> None:
    """It is never an error of the server."""
    assert refused("/text", content=content, headers=JSON) == [["body"]]


def test_an_object_as_input_may_stand_by_itself() -> None:
    """Its fields beside the parameters are what people write, and errors name them there."""
    both = {"question": "q", "context": "c"}

    for body in ({**both, "times": 3}, {"inputs": both, "parameters": {"times": 3}}):
        answer = post("/question", json=body).json()
        assert answer == {"inputs": both, "parameters": {"times": 3, "words": []}}
    assert post("/question", json={"inputs": [both, both]}).json()["inputs"] == [both, both]
    assert refused("/question", json={"question": "q"}) == [["body", "context"]]
    assert refused("/question", json={"inputs": {"question": "q"}}) == [
        ["body", "inputs", "context"]
    ]


@pytest.mark.parametrize(
    "request_",
    [
        {"content": b"\x89PNG\x00"},
        {"content": b"\x89PNG\x00", "headers": {"Content-Type": "image/png"}},
        {"json": {"inputs": base64.b64encode(b"\x89PNG\x00").decode()}},
        {"json": {"image": "data:image/png;base64," + base64.b64encode(b"\x89PNG\x00").decode()}},
        {"files": {"image": ("a.png", b"\x89PNG\x00", "image/png")}},
    ],
    ids=["raw", "with a type", "base64", "data URL", "form"],
)
def test_bytes_are_read_in_each_form(request_: dict[str, Any]) -> None:
    """As huggingface_hub, curl and browsers send them."""
    assert post("/image", **request_).json()["inputs"] == b"\x89PNG\x00".hex()


@pytest.mark.parametrize("value", ["https://example.com/a.png", "file:///etc/passwd", "a@", 5, {}])
def test_bytes_that_are_none_are_refused(value: Any) -> None:
    """An address is not fetched: whoever calls the endpoint does not reach what its server does."""
    assert refused("/image", json={"inputs": value}) == [["body", "inputs"]]


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["inputs", "parameters", "question", "context", "times", "x"]),
                inner,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_is_an_error_of_the_server(value: Any) -> None:
    """Whatever is sent, it is understood or refused."""
    content = json.dumps(value).encode()

    for path in ("/text", "/question", "/image"):
        assert post(path, content=content, headers=JSON).status_code in (200, 422)


@given(
    content=st.binary(max_size=200), kind=st.sampled_from(["", "image/png", "multipart/form-data"])
)
def test_no_bytes_are_an_error_of_the_server(content: bytes, kind: str) -> None:
    """Also where they are not what their content type says."""
    headers = {"Content-Type": kind} if kind else {}

    for path in ("/text", "/image"):
        assert post(path, content=content, headers=headers).status_code in (200, 400, 422)


def test_the_document_says_what_may_be_sent() -> None:
    """JSON for all; a form and the bytes where the input is bytes."""
    body, schemas = ImageRequest.describe_body()
    plain, _ = TextRequest.describe_body()

    assert set(body["content"]) == {
        "application/json",
        "multipart/form-data",
        "application/octet-stream",
    }
    assert set(plain["content"]) == {"application/json", "text/plain"}
    assert schemas["ImageRequestForm"]["properties"]["inputs"]["format"] == "binary"
    assert schemas["ImageRequest"]["properties"]["parameters"] == {
        "$ref": "#/components/schemas/Options"
    }
