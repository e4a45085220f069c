"""Schemas become classes of the client: each needs a name, and each field a description."""

import json
import re

import pytest

from tests.spec.document import document, join, schemas, shorten

NAMED = re.compile(r"#/components/schemas/[^/]+(/allOf/\d+)?")
OBJECTS = [
    pytest.param(at, schema, id=shorten(at)) for at, schema in schemas() if "properties" in schema
]


@pytest.mark.parametrize(("at", "schema"), OBJECTS)
def test_an_object_with_fields_has_a_name(at: str, schema: dict[str, object]) -> None:
    """It is a component or adds to one, so that its class has the name the document gives it."""
    assert NAMED.fullmatch(at)


@pytest.mark.parametrize(("at", "schema"), OBJECTS)
def test_every_field_is_described(at: str, schema: dict[str, dict[str, dict[str, str]]]) -> None:
    """What a field means is said where it is used, also when a reference says what it is."""
    described = {
        name: field.get("description", "").strip() for name, field in schema["properties"].items()
    }

    assert [name for name, description in described.items() if not description] == []


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_a_named_schema_is_described(name: str) -> None:
    """Its description is the docstring of its class."""
    assert document()["components"]["schemas"][name].get("description", "").strip()


@pytest.mark.parametrize(("at", "schema"), OBJECTS)
def test_every_required_field_exists(at: str, schema: dict[str, list[str]]) -> None:
    """A required field that is not described would be lost in the class."""
    assert set(schema.get("required", [])) <= set(schema["properties"])


@pytest.mark.parametrize(("at", "schema"), OBJECTS)
def test_no_object_refuses_further_fields(at: str, schema: dict[str, object]) -> None:
    """Outpost may add fields, and clients that know this document go on working."""
    assert schema.get("additionalProperties", True) is not False


def test_every_component_is_used() -> None:
    """Each is reachable from an operation; the others would be code that nothing needs."""
    components = document()["components"]
    waiting = references({"paths": document()["paths"], "security": document()["security"]})
    reached = set()
    while waiting:
        pointer = waiting.pop()
        if pointer not in reached:
            reached.add(pointer)
            kind, name = pointer.split("/")[2:4]
            waiting |= references(components[kind][name])

    defined = {join("#/components", kind, name) for kind in components for name in components[kind]}
    assert defined - reached - {"#/components/securitySchemes/bearerAuth"} == set()
    assert document()["security"] == [{"bearerAuth": []}]


def references(node: object) -> set[str]:
    """Return every component that is referred to below a part, also by a discriminator."""
    return set(re.findall(r'"(#/components/[^"/]+/[^"/]+)"', json.dumps(node)))


def test_schemas_are_found_wherever_they_are() -> None:
    """A walk that finds too few schemas would leave every test above green."""
    pointers = {at for at, _ in schemas()}

    assert len(OBJECTS) >= 60
    assert "#/components/schemas/EndpointResource/properties/status" in pointers
    assert (
        "#/paths/~1user~1tokens/get/responses/200/content/application~1json/schema/items"
        in pointers
    )
