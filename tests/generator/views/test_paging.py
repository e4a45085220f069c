"""Answers that come page by page, marked in the document or in the settings."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from outpost_generator.errors import GenerationFailed

SCHEMAS = """
    Item: {properties: {n: {type: integer}}}
    Page:
      properties:
        data: {type: array, items: {$ref: "#/components/schemas/Item"}}
        meta: {type: object, properties: {next: {type: string, nullable: true}}}
"""


def document(rule: str, schema: str = '{$ref: "#/components/schemas/Page"}') -> str:
    return f"""
    /items:
      get:
        operationId: listItems
        x-pagination: {rule}
        parameters:
          - {{name: page, in: query, schema: {{type: integer}}}}
          - {{name: size, in: query, schema: {{type: integer}}}}
          - {{name: after, in: query, schema: {{type: string}}}}
        responses: {{200: {{content: {{application/json: {{schema: {schema}}}}}}}}}
    """


def client(api: Any, answers: dict[str, httpx.Response]) -> Any:
    """Return a client whose server answers by the query of the request."""
    transport = httpx.MockTransport(lambda request: answers[request.url.query.decode()])
    return api.client.Client(http_client=httpx.Client(transport=transport))


def page(*numbers: int, **meta: Any) -> httpx.Response:
    return httpx.Response(200, json={"data": [{"n": n} for n in numbers], "meta": meta})


def test_pages_are_counted(generate: Callable[..., Any]) -> None:
    """Pages are asked for by number until one is not full."""
    rule = "{style: page, parameter: page, items: data, size: size}"
    api = generate(document(rule), SCHEMAS)
    answers = {"size=2": page(1, 2), "size=2&page=2": page(3)}

    items = api.list_items.iterate(size=2, client=client(api, answers))

    assert [item.n for item in items] == [1, 2, 3]


def test_offsets_grow_by_what_came(generate: Callable[..., Any]) -> None:
    """The offset of the next page is that of this one and its items."""
    api = generate(document("{style: offset, parameter: page, items: data}"), SCHEMAS)
    answers = {"": page(1, 2), "page=2": page(3), "page=3": page()}

    assert len(list(api.list_items.iterate(client=client(api, answers)))) == 3


def test_a_cursor_is_handed_on(generate: Callable[..., Any]) -> None:
    """The cursor of a page asks for the next one, until there is none."""
    api = generate(
        document("{style: cursor, parameter: after, items: data, next: meta.next}"), SCHEMAS
    )
    answers = {"": page(1, next="x y"), "after=x+y": page(2, next=None)}

    assert [item.n for item in api.list_items.iterate(client=client(api, answers))] == [1, 2]


def test_the_last_item_asks_for_those_after_it(generate: Callable[..., Any]) -> None:
    """Where the cursor is a field of the items, the last one's is handed on."""
    rule = "{style: last, parameter: after, items: data, next: n, size: size, once: page}"
    api = generate(document(rule), SCHEMAS)
    answers = {"page=4&size=2": page(1, 2), "size=2&after=2": page(3)}

    items = api.list_items.iterate(page=4, size=2, client=client(api, answers))

    assert [item.n for item in items] == [1, 2, 3]


def test_a_link_is_followed_on_the_same_server(generate: Callable[..., Any]) -> None:
    """Only the query of the header counts: another host would be sent the token."""
    schema = '{type: array, items: {$ref: "#/components/schemas/Item"}}'
    api = generate(document("{style: link}", schema), SCHEMAS)
    link = '<http://evil.example/x?page=1>; rel="prev", <http://evil.example/x?page=7>; rel="next"'
    answers = {
        "": httpx.Response(200, json=[{"n": 1}], headers={"Link": link}),
        "page=7": httpx.Response(200, json=[{"n": 2}]),
    }

    assert [item.n for item in api.list_items.iterate(client=client(api, answers))] == [1, 2]


@pytest.mark.anyio
async def test_pages_are_gone_through_without_blocking(generate: Callable[..., Any]) -> None:
    """The async function yields the same items; settings go before the document."""
    rule = {"style": "cursor", "parameter": "after", "items": "data", "next": "meta.next"}
    api = generate(document("{}"), SCHEMAS, config={"pagination": {"listItems": rule}})
    answers = {"": page(1, next="b"), "after=b": page(2)}
    transport = httpx.MockTransport(lambda request: answers[request.url.query.decode()])
    async with httpx.AsyncClient(transport=transport) as http:
        sender = api.client.AsyncClient(http_client=http)

        assert [item.n async for item in api.list_items.aiterate(client=sender)] == [1, 2]


def test_a_server_that_repeats_a_cursor_does_not_catch_the_caller(
    generate: Callable[..., Any],
) -> None:
    """A page that names itself as the next one is an error and no endless loop."""
    api = generate(
        document("{style: cursor, parameter: after, items: data, next: meta.next}"), SCHEMAS
    )
    answers = {"": page(1, next="b"), "after=b": page(2, next="b")}

    with pytest.raises(api.errors.DecodeError, match="it has just sent"):
        list(api.list_items.iterate(client=client(api, answers)))


def test_an_error_on_the_way_is_raised(generate: Callable[..., Any]) -> None:
    """The items before it have been yielded."""
    api = generate(document("{style: page, parameter: page, items: data}"), SCHEMAS)
    items = api.list_items.iterate(
        client=client(api, {"": page(1), "page=2": httpx.Response(503, json={"message": "no"})})
    )

    assert next(items).n == 1
    with pytest.raises(api.errors.ResponseError, match="503"):
        next(items)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("{style: spiral}", "needs a style: page, offset, cursor, last, link"),
        ("{style: page, items: data}", "needs the query `parameter`"),
        ("{style: page, parameter: seite, items: data}", "no query parameter 'seite'"),
        ("{style: page, parameter: page, items: rows}", "no list at 'rows'"),
        ("{style: cursor, parameter: after, items: data}", "no field '' for the next cursor"),
        ("{style: last, parameter: after, items: data, next: x}", "an item has no field 'x'"),
        ("{style: link, limit: 3}", "no setting 'limit'"),
    ],
)
def test_a_rule_that_does_not_fit_says_why(
    generate: Callable[..., Any], rule: str, reason: str
) -> None:
    """Pagination that the operation cannot have is an error with its pointer."""
    with pytest.raises(GenerationFailed, match=reason) as caught:
        generate(document(rule), SCHEMAS)

    assert caught.value.problems[0].pointer == "#/paths/~1items/get/x-pagination"
