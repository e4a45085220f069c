"""Documents that break a rule, though it is clear what is meant: read, with a warning."""

import textwrap
from typing import Any

import yaml

from outpost_generator.config import Config
from outpost_generator.load import Source, as_document
from outpost_generator.pipeline import Output, generate

HEAD = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}


def read(text: str) -> Output:
    """Return what becomes of a document."""
    document: dict[str, Any] = {**HEAD, **yaml.safe_load(textwrap.dedent(text))}
    return generate(Source(as_document(document), "api.yaml", ""), Config(), "api", "generate")


def warnings(output: Output) -> list[str]:
    """Return where and why there are warnings; nothing worse is allowed."""
    assert {each.level for each in output.problems} <= {"warning"}
    assert all(each["lost"] == 0 for each in output.account.totals().values())
    return [f"{each.pointer}: {each.reason}" for each in output.problems]


def parameters(output: Output) -> list[str]:
    """Return place and name of every parameter that was written."""
    return [part.name for one in output.account.operations for part in one.parameters]


def test_extensions_among_paths_and_webhooks_are_no_paths() -> None:
    """What begins with ``x-`` may stand anywhere, and is no operation."""
    output = read("""
        paths:
          x-codegen: /v1
          x-shared: {get: {responses: {}}}
          /a: {get: {responses: {}}}
        x-webhooks:
          x-exclude: true
    """)

    assert warnings(output) == []
    assert [each.pointer for each in output.account.operations] == ["#/paths/~1a/get"]


def test_a_header_without_a_name_is_left_out() -> None:
    """Nothing can send it, so the call works without."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: "", in: header}, {name: x, in: header}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: "
        "a header without a name cannot be sent; the parameter is left out"
    ]
    assert parameters(output) == ["header:x"]


def test_a_path_parameter_that_is_not_in_the_path_is_left_out() -> None:
    """Nothing of the request has a place for it."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: id, in: path, required: true}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: the path has no {id}; the parameter is left out"
    ]


def test_a_path_parameter_may_miss_the_path_by_case() -> None:
    """The path says how it is spelled."""
    output = read("""
        paths:
          "/a/{petId}": {get: {parameters: [{name: petid, in: path}], responses: {}}}
    """)

    assert warnings(output) == []
    assert parameters(output) == ["path:petId"]


def test_what_is_empty_counts_as_not_there() -> None:
    """Keys without a value, and an empty list where an object belongs, are left by many writers."""
    output = read("""
        servers:
        tags:
        components:
          schemas: []
          responses:
        paths:
          /a:
            parameters:
            get:
              tags:
              parameters: {}
              security:
              responses:
                200:
                204: []
                default: {description: d, headers: [], content: {application/json: }}
          /b:
    """)

    assert [each for each in warnings(output) if "key 200" not in each] == []
    assert len(output.account.operations) == 1


def test_a_value_of_another_kind_is_left_out_where_it_is_not_needed() -> None:
    """Everything else of the document is read."""
    output = read("""
        paths:
          /a:
            get:
              tags: pets
              security: none
              callbacks: [x]
              responses: {default: {description: d, headers: later, content: [x]}}
        components:
          schemas: {A: text, B: {properties: 3, required: name, allOf: {a: 1}, $ref: [x]}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/tags: one text; read as a list of it",
        "#/paths/~1a/get/security: must be a list; left out",
        "#/paths/~1a/get/callbacks: must be an object; left out",
        "#/paths/~1a/get/responses/default/headers: must be an object; left out",
        "#/paths/~1a/get/responses/default/content: must be an object; left out",
        "#/components/schemas/A: must be an object; left out",
        "#/components/schemas/B/properties: must be an object; left out",
        "#/components/schemas/B/required: one text; read as a list of it",
        "#/components/schemas/B/allOf: must be a list; left out",
        "#/components/schemas/B/$ref: must be text; left out",
    ]


def test_a_property_may_say_itself_that_it_is_required() -> None:
    """As the third draft of JSON Schema had it."""
    output = read("""
        components:
          schemas:
            A:
              properties: {a: {type: string, required: true}, b: {type: string, required: false}}
    """)

    assert [each.partition(": ")[0] for each in warnings(output)] == [
        "#/components/schemas/A/properties/a/required"
    ]
    model = output.files["api/models/a.py"]
    assert "a: str\n" in model
    assert "b: Union[Unset, str] = UNSET" in model


def test_a_list_of_items_is_read_as_what_comes_first() -> None:
    """As drafts before 2020 had it."""
    output = read("""
        components: {schemas: {A: {properties: {a: {items: [{type: string}, {type: integer}]}}}}}
    """)

    assert warnings(output) == [
        "#/components/schemas/A/properties/a/items: a list; read as prefixItems"
    ]
    assert "a: Union[Unset, List[Union[str, int]]] = UNSET" in output.files["api/models/a.py"]


def test_types_that_json_schema_does_not_have_mean_what_they_say() -> None:
    """Names of other languages are understood; of what nobody knows, anything is read."""
    output = read("""
        components:
          schemas:
            A:
              properties:
                a: {type: String}
                b: {type: int}
                c: {type: datetime}
                d: {type: [bool, "null"]}
                e: {type: quux}
    """)

    assert len(warnings(output)) == 5
    model = output.files["api/models/a.py"]
    assert "a: Union[Unset, str]" in model
    assert "b: Union[Unset, int]" in model
    assert "c: Union[Unset, datetime.datetime]" in model
    assert "d: Union[Unset, bool, None]" in model
    assert "e: Union[Unset, JsonValue]" in model
