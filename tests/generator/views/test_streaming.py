"""Answers that arrive piece by piece, from a real server."""

import itertools
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import outpostkit
from tests.generated.stream_cases import EVENTS, LINES, EventCase, LineCase

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
    /told:
      get:
        operationId: told
        responses:
          200: {content: {text/event-stream: {schema: {$ref: "#/components/schemas/Told"}}}}
    /values:
      get:
        operationId: values
        responses: {200: {content: {application/x-ndjson: {itemSchema: {}}}}}
"""
SCHEMAS = """
    Answer: {properties: {text: {type: string}}}
    Chunk: {properties: {n: {type: integer}}, required: [n]}
    Event:
      properties:
        event: {type: string}
        id: {type: string}
        data: {$ref: "#/components/schemas/Chunk"}
    Told:
      required: [data, event]
      properties:
        event: {type: string}
        id: {type: string, default: ""}
        retry: {type: integer}
        data: {type: string}
"""


@pytest.fixture
def api(generate: Callable[..., Any]) -> Any:
    return generate(DOCUMENT, SCHEMAS)


def serve(httpserver: HTTPServer, path: str, content: bytes, media_type: str) -> str:
    """Answer with the content in pieces of one to three bytes, one size after the other."""
    sizes = itertools.cycle((3, 2, 1))

    def answer(request: Request) -> Response:
        size = next(sizes)
        cut_up = (content[at : at + size] for at in range(0, len(content), size))
        return Response(cut_up, content_type=media_type)

    httpserver.expect_request(path).respond_with_handler(answer)
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


def read(api: Any, items: Iterator[Any]) -> tuple[list[Any], bool]:
    """Return all items, and whether an error follows the last of them."""
    found: list[Any] = []
    try:
        for item in items:
            found.append(item)
    except api.errors.DecodeError:
        return found, True
    return found, False


async def read_async(api: Any, items: AsyncIterator[Any]) -> tuple[list[Any], bool]:
    """Return what :func:`read` does."""
    found: list[Any] = []
    try:
        async for item in items:
            found.append(item)
    except api.errors.DecodeError:
        return found, True
    return found, False


@pytest.fixture(params=["plain", "sdk"])
def clients(request: pytest.FixtureRequest, api: Any) -> Any:
    """What has a ``Client`` and an ``AsyncClient``: the package itself, or the SDK."""
    return api.client if request.param == "plain" else outpostkit


@pytest.mark.anyio
async def test_streams_are_read_as_their_standards_say(
    api: Any, clients: Any, httpserver: HTTPServer
) -> None:
    """With whatever client, blocking or not, and however the network cuts the bytes."""
    found: dict[str, Any] = {}
    expected: dict[str, Any] = {}
    for case in [*EVENTS, *LINES]:
        httpserver.clear()
        url = serve(httpserver, "/told", case.content, "text/event-stream")
        serve(httpserver, "/values", case.content, "application/x-ndjson")
        name = "told" if isinstance(case, EventCase) else "values"
        operation = getattr(api, name)
        with clients.Client("token", base_url=url) as client:
            results = [read(api, operation.stream(client=client)) for _ in range(3)]
        async with clients.AsyncClient("token", base_url=url) as client:
            results += [await read_async(api, await operation.astream(client=client))]
        found[case.name, name] = results
        expected[case.name, name] = [wanted(api, case)] * 4

    assert found == expected


def wanted(api: Any, case: EventCase | LineCase) -> tuple[list[Any], bool]:
    """Return the items of a case, and whether an error follows them."""
    if isinstance(case, LineCase):
        return case.values, case.breaks
    told = [
        {name: value for name, value in event._asdict().items() if value is not None}
        for event in case.events
    ]
    return [api.models.Told(**fields) for fields in told], False


#: What a server sends when it is asked for a media type, and the number in it.
ANSWERS = {
    "text/event-stream": b'data: {"n": 1}\n\n',
    "application/x-ndjson": b'{"n": 1}\n',
    "image/png": b"1",
}


@pytest.mark.anyio
async def test_every_streamed_operation_takes_every_client(
    api: Any, clients: Any, httpserver: HTTPServer
) -> None:
    """Those of the package itself and those of the SDK, which have retries and a deadline."""
    streamed = [
        operation
        for operation in (info.load() for info in api.operations.values())
        if hasattr(operation, "stream")
    ]
    httpserver.expect_request(re.compile(".*")).respond_with_handler(
        lambda request: Response(ANSWERS[request.headers["Accept"]])
    )
    url = httpserver.url_for("")

    with clients.Client("token", base_url=url) as client:
        found = [list(operation.stream(client=client)) for operation in streamed]
    async with clients.AsyncClient("token", base_url=url) as client:
        awaited = [
            [item async for item in await operation.astream(client=client)]
            for operation in streamed
        ]

    assert len(streamed) == 6
    assert [len(items) for items in found] == [1] * 6
    assert awaited == found


def test_text_may_say_what_ends_a_conversation_elsewhere(generate: Callable[..., Any]) -> None:
    """Only where JSON is due, [DONE] is no item."""
    api = generate()
    content = b"data: [DONE]\n\n"

    assert list(api.streaming.Events(str).feed(content)) == ["[DONE]"]
    assert list(api.streaming.Events(dict).feed(content)) == []
