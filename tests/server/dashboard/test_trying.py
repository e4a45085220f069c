"""The form that sends a prediction, and its answer while it comes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

TEMPLATE = """
import asyncio, zlib
from fastapi import Request
from outpost_runtime import get, post
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
        if body == b"sound":
            return Response(b"RIFF", media_type="audio/wav")
        if body == b"broken":
            return StreamingResponse(self.broken(), media_type="text/plain")
        if body == b"go on":
            self.gate.set()
        if body == b"slow":
            return StreamingResponse(self.slow(), media_type="text/event-stream")
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

    async def broken(self):
        yield "so far"
        await asyncio.sleep(0.01)
        raise ValueError("told to break off")

    async def slow(self):
        self.gate = asyncio.Event()
        try:
            yield "data: \u00e4".encode()[:-1]
            yield "\u00e4".encode()[-1:] + b"\\n\\n"
            await self.gate.wait()
            yield b"data: </pre><script>\\n\\n"
        finally:
            print("the slow answer is over")

    @get("/things/{thing}")
    @post("/things/{thing}")
    async def thing(self, thing: str, request: Request, size: int = 3):
        body = (await request.body()).decode()
        return {"method": request.method, "thing": thing, "size": size, "body": body}

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


@contextmanager
def lines(visitor, page, content: bytes) -> Iterator[Iterator[dict[str, str]]]:
    """Send bytes as a script does; what it is told to show comes line by line."""
    request = visitor.http.stream(
        "POST",
        page + "/try",
        data={"csrf": visitor.csrf(), "kind": "raw"},
        files={"file": ("data.txt", content, "text/plain")},
        headers={"accept": "application/x-ndjson"},
    )
    with request as response:
        yield (json.loads(line) for line in response.iter_lines())


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
        ({"kind": "json", "json": "{"}, "This is not JSON: Expecting property name"),
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


def test_a_sound_can_be_heard(visitor, page):
    """It is part of the page, and the page's own policy lets it be played."""
    answer = raw(visitor, page, b"sound")

    assert 'src="data:audio/wav;base64,UklGRg=="' in answer.text
    assert "media-src data:" in answer.headers["content-security-policy"]


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
    assert "8 MiB" in answer
    eventually(lambda: visitor.get(page).text, lambda text: "the reader has left" in text)


def test_an_error_of_the_template_is_shown_with_its_status(visitor, echo_page, text_of):
    """It is an answer like any other."""
    answer = text_of(visitor.post(echo_page + "/try", {"kind": "json", "json": '{"fail": 1}'}))

    assert "500 Internal Server Error" in answer
    assert "told to fail" in answer


def test_without_scripts_the_answer_is_a_page(visitor, echo_page):
    """With a way back."""
    whole = visitor.post(echo_page + "/try", {"kind": "json", "json": "{}"})

    assert f'<a href="/dashboard{echo_page}">Back to the endpoint</a>' in whole.text


def test_an_answer_is_shown_while_it_comes(visitor, page):
    """Its head first, then each piece, and all of it at the end; a character is never divided."""
    with lines(visitor, page, b"slow") as shown:
        head = next(shown)["html"]
        begun = ""
        while not begun.endswith("\n\n"):
            begun += next(shown)["text"]
        raw(visitor, page, b"go on")
        rest = list(shown)

    assert "200 OK" in head
    assert "text/event-stream" in head
    assert "<html" not in head
    assert begun == "data: ä\n\n"
    assert rest[0] == {"text": "data: </pre><script>\n\n"}
    assert "data: ä\n\ndata: &lt;/pre&gt;&lt;script&gt;" in rest[-1]["html"]


def test_an_answer_that_breaks_off_says_so(visitor, page, text_of):
    """Its beginning is shown; it is not taken for one that was too long."""
    answer = text_of(raw(visitor, page, b"broken"))
    with lines(visitor, page, b"broken") as shown:
        *_, last = shown

    assert "so far The answer broke off." in answer
    assert "The answer broke off." in last["html"]
    assert "longer answer" not in answer


def test_leaving_cancels_the_request(visitor, page, eventually):
    """The template notices it, as it would from any client."""
    over = visitor.get(page).text.count("the slow answer is over")

    with lines(visitor, page, b"slow") as shown:
        next(shown)

    eventually(
        lambda: visitor.get(page).text.count("the slow answer is over"), lambda seen: seen > over
    )


@pytest.mark.parametrize(
    ("fields", "problem"), [({"json": "{"}, "not JSON"), ({"route": "a"}, "route: ")]
)
def test_scripts_are_told_what_cannot_be_sent(visitor, page, fields, problem):
    """In place of an answer."""
    headers = {"accept": "application/x-ndjson"}
    answer = visitor.post(page + "/try", {"kind": "json", **fields}, headers=headers)

    assert problem in json.loads(answer.text)["html"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"route": "GET /things/{thing}", "path": "/things/a%20b?size=7"},
            {"method": "GET", "thing": "a b", "size": 7, "body": ""},
        ),
        (
            {"route": "POST /things/{thing}", "path": "/things/1", "json": "[1]"},
            {"method": "POST", "thing": "1", "size": 3, "body": "[1]"},
        ),
    ],
)
def test_another_route_of_the_template_is_called(visitor, page, text_of, fields, expected):
    """With its method, its path and its query; what takes no body gets none."""
    answer = text_of(visitor.post(page + "/try", {"kind": "json", "json": "{}", **fields}))

    shown = re.search(r"\{ .* \}", answer)[0]
    assert json.loads(shown) == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "predict"},
        {"path": "@evil.example/"},
        {"path": ":1/predict"},
        {"path": "/../other/predict"},
        {"path": "/../../v1/user"},
        {"path": "/%2e%2e/../../../v1/user"},
        {"path": "/\x00"},
        {"route": "BREW /predict"},
        {"route": "GET\r\nX: y /predict"},
    ],
)
def test_no_request_leads_elsewhere(visitor, page, text_of, fields):
    """Neither to another endpoint nor to the API, nor to another server."""
    answer = text_of(visitor.post(page + "/try", {"kind": "json", "json": "{}", **fields}))

    assert f"{next(iter(fields))}: expected" in answer


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
    return html.unescape(re.search(r'data-example="([^"]*)"', page)[1])


def test_trying_begins_with_what_the_endpoint_takes(visitor, eventually, text_of):
    """The example is of the endpoint's own schema, nested as that is, and can be sent as it is."""
    path = visitor.created(TYPED)
    eventually(lambda: visitor.get(path).text, lambda text: "s-healthy" in text)

    part = visitor.get(path + "/routes").text
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

    assert visitor.get(path + "/routes").status_code == 204


def test_an_endpoint_that_takes_no_json_has_no_example(visitor, page):
    """The form begins empty, then."""
    assert example_in(visitor.get(page + "/routes").text) == ""


def test_the_routes_of_the_template_can_be_chosen(visitor, page):
    """That of predictions first; each leads to a path that can be sent as it is."""
    part = visitor.get(page + "/routes").text

    found = re.findall(r'<option value="([^"]*)" data-target="([^"]*)"', part)
    assert found[0] == ("POST /predict", "/predict")
    assert ("GET /things/{thing}", "/things/text") in found
    assert part.count(" selected") == 1


ASKING = """
class Asking:
    def predict(self, text: str, times: int = 2) -> str:
        return text * times
"""


def test_what_is_taken_from_the_query_needs_no_body(visitor, eventually, text_of):
    """The form says so, and sends none when its field is empty."""
    path = visitor.created(ASKING, class_name="Asking")
    eventually(lambda: visitor.get(path).text, lambda text: "s-healthy" in text)

    part = visitor.get(path + "/routes").text
    typed = {"path": "/predict?text=ab", "kind": "json", "json": ""}
    answer = visitor.post(path + "/try", typed)

    assert 'data-target="/predict?text=text" data-example="" data-in-query selected' in part
    assert '"abab"' in text_of(answer)
