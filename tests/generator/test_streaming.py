"""Answers that arrive piece by piece, from a real server."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Response

DOCUMENT = """
    /chat:
      post:
        operationId: chat
        requestBody: {content: {application/json: {schema: {type: object}}}}
        responses:
          200:
            content:
              application/json: {schema: {$ref: "#/components/schemas/Answer"}}
              text/event-stream: {schema: {$ref: "#/components/schemas/Chunk"}}
    /events:
      get:
        operationId: events
        responses:
          200: {content: {text/event-stream: {schema: {$ref: "#/components/schemas/Event"}}}}
    /lines:
      get:
        operationId: lines
        responses:
          200:
            content:
              application/x-ndjson: {itemSchema: {$ref: "#/components/schemas/Chunk"}}
    /file:
      get: {operationId: file, responses: {200: {content: {image/png: {}}}}}
"""
SCHEMAS = """
    Answer: {properties: {text: {type: string}}}
    Chunk: {properties: {n: {type: integer}}, required: [n]}
    Event:
      properties:
        event: {type: string}
        id: {type: string}
        data: {$ref: "#/components/schemas/Chunk"}
"""


@pytest.fixture
def api(generate: Callable[..., Any]) -> Any:
    return generate(DOCUMENT, SCHEMAS)


def serve(httpserver: HTTPServer, path: str, content: bytes, media_type: str) -> str:
    """Answer with the content in pieces of three bytes."""
    pieces = [content[at : at + 3] for at in range(0, len(content), 3)]
    httpserver.expect_request(path).respond_with_handler(
        lambda request: Response(iter(pieces), content_type=media_type)
    )
    return httpserver.url_for("")


def test_events_are_items_of_their_type(api: Any, httpserver: HTTPServer) -> None:
    """The data of each event is an item; comments and the closing [DONE] are none."""
    content = b': hi\n\ndata: {"n": 1}\n\ndata: {"n":\r\ndata: 2}\r\n\r\ndata: [DONE]\n\n'
    url = serve(httpserver, "/chat", content, "text/event-stream")

    with api.client.Client(base_url=url) as client:
        items = list(api.chat.stream(client=client, body={"stream": True}))

    assert items == [api.models.Chunk(1), api.models.Chunk(2)]
    assert httpserver.log[0][0].headers["Accept"] == "text/event-stream"


@pytest.mark.anyio
async def test_events_arrive_without_blocking(api: Any, httpserver: HTTPServer) -> None:
    """A schema that has the fields of an event describes the event and not its data."""
    url = serve(httpserver, "/events", b'event: a\nid: 7\ndata: {"n": 1}\n\n', "text/event-stream")

    async with api.client.AsyncClient(base_url=url) as client:
        items = [item async for item in await api.events.astream(client=client)]

    assert items == [api.models.Event(event="a", id="7", data=api.models.Chunk(1))]


def test_lines_are_items_of_their_type(api: Any, httpserver: HTTPServer) -> None:
    """Each line of NDJSON is an item, the last one with or without a line end."""
    url = serve(
        httpserver, "/lines", b'{"n": 1}\n\n\x1e{"n": 2}\r\n{"n": 3}', "application/x-ndjson"
    )

    with api.client.Client(base_url=url) as client:
        assert [item.n for item in api.lines.stream(client=client)] == [1, 2, 3]


def test_bytes_arrive_as_they_come(api: Any, httpserver: HTTPServer) -> None:
    """A binary answer is never whole in memory."""
    url = serve(httpserver, "/file", b"\x89PNG" * 9, "image/png")

    with api.client.Client(base_url=url) as client, api.file.stream(client=client) as stream:
        assert b"".join(stream) == b"\x89PNG" * 9


def test_an_error_before_the_stream_is_the_error_of_the_call(
    api: Any, httpserver: HTTPServer
) -> None:
    """A status that is no success raises with what its body says."""
    httpserver.expect_request("/events").respond_with_json({"message": "no"}, status=429)

    client = api.client.Client(base_url=httpserver.url_for(""))
    with client, pytest.raises(api.errors.ResponseError, match="status 429: no"):
        api.events.stream(client=client)


def test_a_broken_item_is_named(api: Any, httpserver: HTTPServer) -> None:
    """A line that is not JSON is an error of this package, not one of the JSON reader."""
    url = serve(httpserver, "/lines", b'{"n": 1}\nnot json\n', "application/x-ndjson")

    with api.client.Client(base_url=url) as client:
        stream = api.lines.stream(client=client)

        assert next(stream).n == 1
        with pytest.raises(api.errors.DecodeError, match="not JSON"):
            next(stream)


def test_events_do_not_depend_on_how_they_are_cut(api: Any) -> None:
    """However the network cuts the bytes, and whatever ends the lines, the items are the same."""

    @settings(max_examples=30)
    @given(st.lists(st.integers(1, 5), max_size=30), st.sampled_from(["\n", "\r\n", "\r"]))
    def check(cuts: list[int], end: str) -> None:
        content = f'data: {{"n": 1}}{end}{end}data: {{"n": 2}}{end}{end}'.encode()
        pieces = api.streaming.Events(api.models.Chunk)
        found: list[Any] = []
        at = 0
        for cut in cuts:
            found += pieces.feed(content[at : at + cut])
            at += cut
        found += [*pieces.feed(content[at:]), *pieces.end()]

        assert found == [api.models.Chunk(1), api.models.Chunk(2)]

    check()
