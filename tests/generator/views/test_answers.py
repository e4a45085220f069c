"""What comes back beside a body: headers, links, callbacks and webhooks."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from outpost_generator.reading.document import Document


def test_response_headers_are_typed(generate: Callable[..., Any]) -> None:
    """Headers are read by their types; one that does not fit stays text, and others stay unset."""
    api = generate("""
        /a:
          get:
            operationId: op
            responses:
              200:
                headers:
                  X-Limit: {description: Calls left., schema: {type: integer}}
                  X-Flag: {schema: {type: boolean}}
                  X-Tags: {schema: {type: array, items: {type: string}}}
                  X-Odd: {schema: {type: integer}}
              429: {headers: {Retry-After: {schema: {type: number}}}}
    """)
    sent = {"X-Limit": "5", "X-Flag": "true", "X-Tags": "a, b", "X-Odd": "many"}
    answer = httpx.Response(200, headers=sent, request=httpx.Request("GET", "http://x/"))

    headers = api.op.response_headers(api.op.read(answer))

    assert (headers.x_limit, headers.x_flag, headers.x_tags) == (5, True, ["a", "b"])
    assert (headers.x_odd, headers.retry_after) == ("many", api.types.UNSET)
    assert "x_limit: Calls left." in type(headers).__doc__


def test_operations_with_equal_headers_share_their_class(
    normalised: Callable[..., Document],
) -> None:
    """Rate limits that every answer carries are one class and not hundreds."""
    header = "{X-Limit: {schema: {type: integer}}}"
    document = normalised(f"""
        /a: {{get: {{operationId: one, responses: {{200: {{headers: {header}}}}}}}}}
        /b: {{get: {{operationId: two, responses: {{200: {{headers: {header}}}}}}}}}
    """)

    assert list(document.schemas) == ["XLimitHeaders"]


def test_links_are_documented(generate: Callable[..., Any]) -> None:
    """The docstring says which operation an answer leads to, and with what."""
    api = generate("""
        /a:
          post:
            operationId: op
            responses:
              201:
                links:
                  next: {operationId: getA, parameters: {id: $response.body#/id}}
    """)

    assert "next (201): operation ``getA`` with ``id`` = ``$response.body#/id``." in (
        api.op.plan.__doc__
    )


def test_a_schema_may_have_the_name_of_a_type_of_ours_in_its_own(
    generate: Callable[..., Any],
) -> None:
    """It is read as what it is, and beside what may be anything."""
    payload = {"type": "array", "items": {"$ref": "#/components/schemas/MyJsonValue"}}
    api = generate(
        schemas="MyJsonValue: {properties: {any: {}}}",
        webhooks={
            "sent": {
                "post": {"requestBody": {"content": {"application/json": {"schema": payload}}}}
            }
        },
    )

    (read,) = api.webhooks.read_sent(b'[{"any": [1]}]')

    assert read == api.models.MyJsonValue([1])


@pytest.mark.parametrize("section", ["webhooks", "x-webhooks"])
def test_a_webhook_is_read_as_its_payload(generate: Callable[..., Any], section: str) -> None:
    """Each webhook has a function that reads the body it is sent with."""
    body = {
        "content": {"application/json": {"schema": {"properties": {"id": {"type": "integer"}}}}}
    }
    api = generate(document={section: {"new pet": {"post": {"requestBody": body}}}})

    event = api.webhooks.read_new_pet(b'{"id": 7}')

    assert (type(event).__name__, event.id) == ("NewPetBody", 7)
    assert [info.function for info in api.webhooks.EVENTS] == ["read_new_pet"]


def test_a_callback_is_documented_and_read_as_its_payload(generate: Callable[..., Any]) -> None:
    """The operation names the address, and a function reads what is sent there."""
    api = generate("""
        /subscribe:
          post:
            operationId: subscribe
            callbacks:
              onEvent:
                "{$request.body#/url}":
                  post:
                    requestBody:
                      content: {application/json: {schema: {properties: {at: {type: integer}}}}}
    """)

    assert api.webhooks.read_subscribe_on_event(b'{"at": 1}').at == 1
    assert "onEvent: sent to ``{$request.body#/url}``" in api.subscribe.plan.__doc__


def test_fields_named_by_a_pattern_are_typed(generate: Callable[..., Any]) -> None:
    """patternProperties are kept with their type, beside the fields that have names."""
    api = generate(
        schemas="""
        A:
          properties: {a: {type: string}}
          patternProperties: {"^x-": {$ref: "#/components/schemas/B"}}
        B: {properties: {n: {type: integer}}}
        """
    )

    read = api.models.A.from_dict({"a": "1", "x-b": {"n": 2}})

    assert read.additional_properties == {"x-b": api.models.B(2)}
