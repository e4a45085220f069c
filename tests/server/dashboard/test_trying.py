"""The form that sends a prediction."""

from __future__ import annotations

import html
import json
import re

import pytest

TEMPLATE = """
import asyncio, struct, zlib
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)

class Echo:
    async def predict(self, request: Request):
        body = await request.body()
        if body == b"pixel":
            return Response(PIXEL, media_type="image/png")
        if body == b"binary":
            return Response(bytes(range(256)), media_type="application/octet-stream")
        if body == b"compressed":
            packed = zlib.compress(b"x" * 1000)
            return Response(packed, headers={"content-encoding": "deflate"})
        if body == b"endless":
            return StreamingResponse(self.endless(), media_type="text/plain")
        kind = request.headers["content-type"].partition(";")[0]
        if kind == "multipart/form-data":
            form = await request.form()
            name, file = next(iter(form.items()))
            found = {"field": name, "file": file.filename, "size": file.size}
            return {**found, "type": file.content_type}
        return {"type": kind, "body": body.decode(), "by": request.headers["user-agent"]}

    async def endless(self):
        try:
            while True:
                yield "z" * 65536
                await asyncio.sleep(0)
        finally:
            print("the reader has left")
"""


@pytest.fixture(scope="module")
def page(visitor, eventually):
    """The path of an endpoint that answers in every way."""
    path = visitor.created(TEMPLATE)
    eventually(lambda: visitor.get(path).text, lambda text: "s-healthy" in text)
    return path


def raw(visitor, page, content: bytes):
    """Send bytes as they are."""
    files = {"file": ("data.txt", content, "text/plain")}
    return visitor.post(page + "/try", {"kind": "raw"}, files=files)


def test_json_is_sent_as_it_was_typed(visitor, page, text_of):
    """The answer is shown indented, with status, time and size."""
    answer = text_of(visitor.post(page + "/try", {"kind": "json", "json": ' {"ä": [1]} '}))

    assert "200 OK" in answer
    assert re.search(r" \d[\d.]* m?s ", answer)
    assert "application/json" in answer
    assert '"type": "application/json", "body": "{\\"ä\\": [1]}"' in answer


def test_a_file_is_sent_as_a_field_of_a_form(visitor, page, text_of):
    """The template gets it as an upload, with its name and type."""
    files = {"file": ("cat.gif", b"GIF89a", "image/gif")}

    answer = visitor.post(page + "/try", {"kind": "file", "field": "upload"}, files=files)

    shown = '{ "field": "upload", "file": "cat.gif", "size": 6, "type": "image/gif" }'
    assert shown in text_of(answer)


def test_a_file_is_sent_as_it_is(visitor, page, text_of):
    """The body is the file, its type the content type."""
    assert '"type": "text/plain", "body": "some bytes"' in text_of(
        raw(visitor, page, b"some bytes")
    )


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kind": "json", "json": "{'a': 1}"}, "This is not JSON: Expecting property name"),
        ({"kind": "json", "json": ""}, "This is not JSON: Expecting value"),
        ({"kind": "json", "json": "[" * 100_000}, "This is not JSON:"),
        ({"kind": "file"}, "Choose a file first."),
        ({"kind": "raw"}, "Choose a file first."),
    ],
)
def test_what_cannot_be_sent_is_said(visitor, page, text_of, fields, problem):
    """Nothing reaches the endpoint then."""
    assert problem in text_of(visitor.post(page + "/try", fields))


def test_a_picture_is_shown(visitor, page):
    """It is part of the page, so that no other address is needed for it."""
    assert 'src="data:image/png;base64,iVBOR' in raw(visitor, page, b"pixel").text


@pytest.mark.parametrize("body", [b"binary", b"compressed"])
def test_what_is_no_text_is_not_shown(visitor, page, text_of, body):
    """Status and size are."""
    answer = text_of(raw(visitor, page, body))

    assert "200 OK" in answer
    assert "The answer is not text." in answer


def test_an_endless_answer_is_cut(visitor, page, eventually, text_of):
    """The page shows its beginning, and the template notices that the reader has left."""
    answer = text_of(raw(visitor, page, b"endless"))

    assert "This is the beginning of a longer answer." in answer
    assert "2 MiB" in answer
    eventually(lambda: visitor.get(page).text, lambda text: "the reader has left" in text)


def test_an_error_of_the_template_is_shown_with_its_status(visitor, echo_page, text_of):
    """It is an answer like any other."""
    answer = text_of(visitor.post(echo_page + "/try", {"kind": "json", "json": '{"fail": 1}'}))

    assert "500 Internal Server Error" in answer
    assert "told to fail" in answer


def test_scripts_get_the_answer_alone(visitor, echo_page):
    """Without scripts it is a page with a way back."""
    fields = {"kind": "json", "json": "{}"}
    part = visitor.post(echo_page + "/try", fields, headers={"hx-request": "true"})
    whole = visitor.post(echo_page + "/try", fields)

    assert "<html" not in part.text
    assert f'<a href="/dashboard{echo_page}">Back to the endpoint</a>' in whole.text


def test_an_endpoint_that_is_not_deployed_says_so(visitor, text_of):
    """The router's own refusals are answers too."""
    path = visitor.created(deploy="")

    answer = text_of(visitor.post(path + "/try", {"kind": "json", "json": "{}"}))

    assert "503 Service Unavailable" in answer
    assert "has never been deployed" in answer


TYPED = """
from typing import Literal
from pydantic import BaseModel, Field

class Part(BaseModel):
    size: int = Field(ge=3)

class Request(BaseModel):
    text: str = Field(examples=['</textarea><script>"1"</script>'])
    kind: Literal["long", "short"]
    parts: list[Part]

class Echo:
    def predict(self, request: Request) -> int:
        return len(request.parts)
"""


def example_in(page: str) -> str:
    return html.unescape(re.search(r'data-body="([^"]*)"', page)[1])


def test_trying_begins_with_what_the_endpoint_takes(visitor, eventually, text_of):
    """The example is of the endpoint's own schema, nested as that is, and can be sent as it is."""
    path = visitor.created(TYPED)
    eventually(lambda: visitor.get(path).text, lambda text: "s-healthy" in text)

    part = visitor.get(path + "/example").text
    example = example_in(part)
    answer = visitor.post(path + "/try", {"kind": "json", "json": example})

    assert json.loads(example) == {
        "text": '</textarea><script>"1"</script>',
        "kind": "long",
        "parts": [{"size": 3}],
    }
    assert "<script" not in part
    assert "200 OK" in text_of(answer)


def test_looking_for_an_example_wakes_nothing(visitor):
    """An endpoint without a ready replica has none yet; the page asks again."""
    path = visitor.created(deploy="")

    assert visitor.get(path + "/example").status_code == 204


def test_an_endpoint_that_takes_no_json_has_no_example(visitor, page):
    """The form begins empty, then."""
    assert example_in(visitor.get(page + "/example").text) == ""
