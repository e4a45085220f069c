"""Each pass rewrites one thing, records it, and leaves its argument alone."""

import copy
import textwrap
from typing import Any

import pytest
import yaml

from outpost_generator.passes import PASSES
from outpost_generator.passes.all_of import all_of
from outpost_generator.passes.booleans import booleans
from outpost_generator.passes.constants import constants
from outpost_generator.passes.hoist import hoist
from outpost_generator.passes.nullable import nullable
from outpost_generator.passes.operation_ids import operation_ids
from outpost_generator.passes.path_items import path_items
from outpost_generator.passes.references import references
from outpost_generator.passes.string_keys import string_keys
from outpost_generator.reading.document import Document
from outpost_generator.reading.load import as_document


def document(text: str) -> Document:
    content = yaml.safe_load(textwrap.dedent(text))
    return as_document({"openapi": "3.1.0", "info": {}, "paths": {}, **content})


def schemas(text: str) -> Document:
    return document("components:\n  schemas:\n" + textwrap.indent(textwrap.dedent(text), "    "))


def test_string_keys_makes_every_key_text() -> None:
    """YAML reads an unquoted status as a number."""
    done = string_keys(document("paths: {/a: {get: {responses: {200: {description: ok}}}}}"))

    assert list(done.root["paths"]["/a"]["get"]["responses"]) == ["200"]
    assert done.changes[0].pointer == "#/paths/~1a/get/responses/200"


def test_path_items_gives_shared_parameters_to_each_operation() -> None:
    """A parameter of the operation goes before the same one of the path item."""
    done = path_items(
        document("""
        paths:
          /a:
            parameters: [{name: x, in: query}, {name: y, in: query}]
            get: {parameters: [{name: y, in: query, required: true}]}
        """)
    )

    assert done.root["paths"]["/a"]["get"]["parameters"] == [
        {"name": "x", "in": "query"},
        {"name": "y", "in": "query", "required": True},
    ]


def test_operation_ids_names_operations_without_an_id() -> None:
    """An operation without an id is named after method and path; a repeated id is numbered."""
    done = operation_ids(
        document("paths: {'/a/{b}': {get: {}}, /c: {get: {operationId: x}, put: {operationId: x}}}")
    )

    found = [
        operation["operationId"]
        for item in done.root["paths"].values()
        for operation in item.values()
    ]
    assert found == ["get_a_b", "x", "x_2"]


def test_references_puts_parameters_and_responses_in_place() -> None:
    """Only schemas stay shared."""
    done = references(
        document("""
        paths: {/a: {get: {responses: {'404': {$ref: '#/components/responses/Gone'}}}}}
        components:
          responses: {Gone: {$ref: '#/components/responses/Lost'}, Lost: {description: lost}}
        """)
    )

    assert done.root["paths"]["/a"]["get"]["responses"]["404"]["description"] == "lost"


def test_references_reports_what_does_not_exist() -> None:
    """A dangling reference is a problem with a pointer, a reason and a way out."""
    done = references(document("paths: {/a: {get: {responses: {'404': {$ref: '#/nowhere'}}}}}"))

    assert [(each.pointer, each.reason) for each in done.problems] == [
        ("#/paths/~1a/get/responses/404", "#/nowhere does not exist")
    ]


def test_booleans_writes_true_as_an_empty_schema() -> None:
    """A boolean is a schema, too."""
    done = booleans(schemas("A: {type: array, items: true}"))

    assert done.schemas == {"A": {"type": "array", "items": {}}}


def test_constants_writes_const_as_enum() -> None:
    """A constant is an enum of one value; an empty enum says nothing."""
    done = constants(schemas("{A: {const: 3}, B: {type: string, enum: []}}"))

    assert done.schemas == {"A": {"enum": [3]}, "B": {"type": "string"}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"type": ["string", "null"]}, {"type": "string", "nullable": True}),
        ({"anyOf": [{"$ref": "#/x"}, {"type": "null"}]}, {"$ref": "#/x", "nullable": True}),
        ({"enum": ["a", "b", None]}, {"enum": ["a", "b"], "nullable": True}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"type": "null"}, {"enum": [None]}),
    ],
)
def test_nullable_spells_null_in_one_way(written: Any, expected: Any) -> None:
    """All dialects of "or null" become ``nullable: true``."""
    done = nullable(as_document({"openapi": "3.1.0", "components": {"schemas": {"A": written}}}))

    assert done.schemas["A"] == expected


def test_hoist_names_inline_objects_after_their_place() -> None:
    """An object inside an object gets a name made of both."""
    done = hoist(schemas("User: {properties: {stats: {properties: {n: {type: integer}}}}}"))

    assert list(done.schemas) == ["UserStats", "User"] or list(done.schemas) == [
        "User",
        "UserStats",
    ]
    assert done.schemas["User"]["properties"]["stats"]["$ref"] == "#/components/schemas/UserStats"
    assert done.origins["UserStats"] == "#/components/schemas/User/properties/stats"


def test_hoist_never_takes_a_name_that_exists() -> None:
    """A hoisted schema is numbered when its name is taken, in any case."""
    done = hoist(
        schemas("{User: {properties: {Stats: {enum: [a, b]}}}, USERSTATS: {type: string}}")
    )

    assert "UserStats2" in done.schemas


def test_all_of_merges_properties() -> None:
    """The members of allOf become one object."""
    done = all_of(
        schemas("""
        Base: {required: [a], properties: {a: {type: string}}}
        Child:
          allOf:
            - {$ref: '#/components/schemas/Base'}
            - {required: [b], properties: {b: {type: integer}}}
        """)
    )

    assert done.schemas["Child"]["properties"] == {
        "a": {"type": "string"},
        "b": {"type": "integer"},
    }
    assert done.schemas["Child"]["required"] == ["a", "b"]


def test_all_of_keeps_a_lone_reference_a_reference() -> None:
    """``allOf`` around one reference only adds a description to it."""
    done = all_of(
        schemas(
            "A: {allOf: [{$ref: '#/components/schemas/B'}], description: mine}\nB: {type: string}"
        )
    )

    assert done.schemas["A"] == {"$ref": "#/components/schemas/B", "description": "mine"}


@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.__name__)
def test_a_pass_does_not_change_its_argument(each: Any) -> None:
    """Passes are pure: the document they are given stays as it is."""
    given = document("""
        paths:
          /a/{b}:
            parameters: [{name: b, in: path, required: true, schema: {type: string}}]
            get:
              responses:
                200: {description: ok, content: {application/json: {schema: {items: true}}}}
        components:
          schemas:
            A:
              allOf:
                - {$ref: '#/components/schemas/B'}
                - {properties: {c: {type: [string, 'null']}}}
            B: {properties: {d: {const: x}, e: {properties: {f: {type: string}}}}}
    """)
    if each is not string_keys:
        given = string_keys(given)
    for earlier in PASSES[: PASSES.index(each)]:
        given = earlier(given)
    before = copy.deepcopy(given)

    each(given)

    assert given == before


def test_members_of_all_of_that_disagree_are_named() -> None:
    """No value is text and a number; the later is taken, and a warning has its pointer."""
    done = all_of(
        schemas("""
        A:
          allOf:
            - {properties: {x: {type: string}, n: {type: number}}}
            - {properties: {x: {type: integer}, n: {type: integer}}}
        """)
    )

    assert done.schemas["A"]["properties"] == {"x": {"type": "integer"}, "n": {"type": "integer"}}
    (problem,) = done.problems
    assert (problem.level, problem.pointer) == (
        "warning",
        "#/components/schemas/A/properties/x",
    )
