"""What users of OpenAPI generators ask for most, each in the smallest document that shows it.

Discriminators, recursion, other files, credentials, styles and servers have their own tests in
the modules beside this one.
"""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from outpost_generator.passes import normalise
from outpost_generator.reading.load import as_document
from outpost_generator.reading.yaml_text import read_yaml

GENERATE = Callable[..., Any]
THING = """
    /thing:
      get:
        operationId: getThing
        responses:
          "200": {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
          "404": {content: {application/json: {schema: {$ref: "#/components/schemas/Problem"}}}}
"""
SCHEMAS = """
    Thing: {properties: {id: {type: integer}, at: {type: string, format: date-time}}}
    Problem: {properties: {message: {type: string}}}
"""


def client(api: Any, answer: httpx.Response) -> Any:
    """Return a client of a generated package whose server gives one answer."""
    http = httpx.Client(transport=httpx.MockTransport(lambda request: answer))
    return api.client.Client(base_url="http://api", http_client=http)


def test_error_statuses_raise(generate: GENERATE) -> None:
    """A success is what the document says and nothing else; a documented error is raised, typed."""
    api = generate(THING, SCHEMAS)

    found = api.get_thing.sync(client=client(api, httpx.Response(200, json={"id": 1})))
    with pytest.raises(api.errors.ResponseError) as caught:
        api.get_thing.sync(client=client(api, httpx.Response(404, json={"message": "gone"})))

    assert found == api.models.Thing(id=1)
    assert (caught.value.status_code, caught.value.parsed) == (404, api.models.Problem("gone"))


@pytest.mark.parametrize("status", [418, 520, 599])
def test_any_status_is_an_answer(generate: GENERATE, status: int) -> None:
    """Statuses that no list has are reported as they are; those that are no success raise."""
    api = generate(THING, SCHEMAS)
    asked = client(api, httpx.Response(status, content=b"<html>"))

    response = api.get_thing.sync_detailed(client=asked)

    assert (response.status_code, response.content) == (status, b"<html>")
    with pytest.raises(api.errors.ResponseError, match=str(status)):
        api.get_thing.sync(client=asked)


def test_a_success_nobody_documented_is_one(generate: GENERATE) -> None:
    """It is read as the documented success is."""
    api = generate(THING, SCHEMAS)

    found = api.get_thing.sync(client=client(api, httpx.Response(299, json={"id": 1})))

    assert found == api.models.Thing(id=1)


def test_null_for_an_optional_field_is_read(generate: GENERATE) -> None:
    """Servers write null where the document says that a field may be left out."""
    api = generate(THING, SCHEMAS)

    found = api.get_thing.sync(client=client(api, httpx.Response(200, json={"id": 1, "at": None})))

    assert (found.id, found.at) == (1, None)


def test_equal_names_make_different_classes(generate: GENERATE) -> None:
    """Names that differ only in case or signs, and titles that are equal, all have a class."""
    api = generate(
        schemas="""
        HTTPError: {properties: {a: {type: string}}}
        HttpError: {properties: {b: {type: string}}}
        http_error: {properties: {c: {type: string}}}
        One: {title: Same, properties: {d: {type: string}}}
        Two: {title: Same, properties: {inner: {title: Same, properties: {e: {type: string}}}}}
        """
    )

    classes = {name: getattr(api.models, name) for name in api.models.__all__}
    fields = [name for each in classes.values() for name in each.__annotations__]
    assert len(classes) == 6
    assert {"a", "b", "c", "d", "e", "inner"} <= set(fields)


def test_enum_values_that_look_alike_are_different_members(generate: GENERATE) -> None:
    """Case, signs and keywords make no two values one."""
    values = ["a", "A", "a-b", "a_b", "+1", "-1", "class", "", "name"]

    api = generate(document={"components": {"schemas": {"E": {"type": "string", "enum": values}}}})

    assert [member.value for member in api.models.E] == values
    assert api.models.E("A") is not api.models.E("a")


@pytest.mark.parametrize("values", [[1, 2.5, "x", None], [True, False], [1, "1"], [None], []])
def test_enums_of_every_kind_are_read(generate: GENERATE, values: list[Any]) -> None:
    """Mixed, boolean, null and empty enums lose neither the schema nor a value."""
    schema = {"type": "object", "properties": {"kind": {"enum": values}}}
    api = generate(document={"components": {"schemas": {"Thing": schema}}})

    for value in values:
        assert api.models.Thing.from_dict({"kind": value}).to_dict() == {"kind": value}


def test_all_of_extends_a_base(generate: GENERATE) -> None:
    """Fields of all members, required ones from anywhere, and defaults of enums."""
    api = generate(
        schemas="""
        Base: {properties: {id: {type: string}, color: {$ref: "#/components/schemas/Color"}}}
        Color: {type: string, enum: [red, green]}
        Thing:
          allOf:
            - {$ref: "#/components/schemas/Base"}
            - {required: [id], properties: {color: {default: green}, size: {type: integer}}}
        """
    )

    assert api.models.Thing("x", size=3).to_dict() == {"id": "x", "color": "green", "size": 3}


def test_a_file_cannot_add_fields_to_a_form(generate: GENERATE) -> None:
    """The boundary between parts is random: no content of a file can hold it."""
    api = generate("""
    /upload:
      post:
        operationId: upload
        requestBody:
          content:
            multipart/form-data:
              schema: {properties: {file: {type: string, format: binary}, note: {type: string}}}
    """)
    contents = [
        b'\r\n--+++\r\nContent-Disposition: form-data; name="admin"\r\n\r\n1\r\n--+++--\r\n'
    ] * 2

    sent = []
    for content in contents:
        body = api.models.UploadBody(file=api.types.File(content), note="n")
        transport = httpx.MockTransport(lambda r: sent.append(r.read()) or httpx.Response(200))
        with httpx.Client(transport=transport) as http:
            api.upload.sync_detailed(
                body=body, client=api.client.Client(base_url="http://api", http_client=http)
            )

    boundaries = [re.match(rb"--([^\r]+)\r\n", each)[1] for each in sent]  # type: ignore[index]  # a form begins so
    assert boundaries[0] != boundaries[1]
    assert all(content in each for content, each in zip(contents, sent, strict=True))


@pytest.mark.parametrize(
    ("media_type", "body", "sent"),
    [
        ("text/plain", "häß", "häß".encode()),
        ("application/xml", b"<a/>", b"<a/>"),
        ("application/x-ndjson", b"{}\n", b"{}\n"),
        ("image/png", b"png", b"png"),
    ],
)
def test_a_body_of_any_media_type_is_sent(
    generate: GENERATE, media_type: str, body: Any, sent: bytes
) -> None:
    """Text as UTF-8, all else as the bytes that are given, under the type of the document."""
    operation = {"operationId": "put", "requestBody": {"content": {media_type: {}}}}
    api = generate(document={"paths": {"/a": {"put": operation}}})

    plan = api.put.plan(body=body)

    assert str(plan.content_type).startswith(media_type)
    assert plan.body in (sent, body)


@pytest.mark.parametrize(
    ("media_type", "content", "parsed"),
    [
        ("application/pdf", b"%PDF", b"%PDF"),
        ("text/csv", b"a,b", "a,b"),
        ("application/problem+json", b'{"a": 1}', {"a": 1}),
        ("image/png", b"png", b"png"),
        ("application/json", b"[1]", [1]),
    ],
)
def test_an_answer_is_read_by_its_media_type(
    generate: GENERATE, media_type: str, content: bytes, parsed: Any
) -> None:
    """Several types for one status: the one that the answer names decides."""
    types = ("application/pdf", "text/csv", "application/problem+json", "image/*")
    offered = {each: {} for each in (*types, "application/json")}
    operation = {"operationId": "read", "responses": {"200": {"content": offered}}}
    api = generate(document={"paths": {"/a": {"get": operation}}})
    answer = httpx.Response(200, content=content, headers={"content-type": media_type})

    assert getattr(api, "read").sync(client=client(api, answer)) == parsed  # noqa: B009  # a module


def test_header_parameters_have_types(generate: GENERATE) -> None:
    """Numbers, booleans, dates, lists and enums are written as headers are."""
    api = generate("""
    /a:
      get:
        operationId: read
        parameters:
          - {name: X-Count, in: header, schema: {type: integer}}
          - {name: X-Flag, in: header, schema: {type: boolean}}
          - {name: X-Day, in: header, schema: {type: string, format: date}}
          - {name: X-List, in: header, schema: {type: array, items: {type: number}}}
    """)
    read = api.operations["read"].load()

    plan = read.plan(x_count=3, x_flag=False, x_list=[1, 2.5])

    assert dict(plan.headers) == {"X-Count": "3", "X-Flag": "false", "X-List": "1,2.5"}


def test_a_body_may_be_left_out(generate: GENERATE) -> None:
    """An optional body is not sent, not even as null or as an empty object."""
    operation = {
        "operationId": "put",
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
    }
    api = generate(document={"paths": {"/a": {"put": operation}}})

    assert (api.put.plan().body, api.put.plan().content_type) == (None, None)
    assert repr(api.types.UNSET) == "UNSET"


def test_yaml_may_write_statuses_as_numbers() -> None:
    """YAML reads 200 as a number; it is the status all the same."""
    root = read_yaml(b"{openapi: 3.1.0, paths: {/a: {get: {responses: {200: {}, 404: {}}}}}}")

    operation = normalise(as_document(root)).root["paths"]["/a"]["get"]

    assert list(operation["responses"]) == ["200", "404"]
