"""The report: what became of every part of a document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from outpost_generator.config import Config
from outpost_generator.passes import normalise
from outpost_generator.reading.load import as_document, load
from outpost_generator.reporting.account import Account, account
from outpost_generator.schemas.models import Models
from outpost_generator.schemas.parse import parse
from outpost_generator.views.events import event_views
from outpost_generator.views.operations import Operations

OPEN = Path(__file__).parents[4] / "shared/specs/open"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def accounted(root: Any, *, lose: str = "") -> Account:
    """Return the account of a document; ``lose`` is an operation that a defect would drop."""
    document = as_document(root)
    normal = normalise(document)
    models = Models(normal, parse(normal, Config()), Config(), "api")
    views = Operations(models, lambda where: "").build().by_pointer
    kept = {where: view for where, view in views.items() if where != lose}
    return account(document, models, kept, event_views(models))


@pytest.fixture
def root() -> dict[str, Any]:
    """A document with one part of each kind."""
    answer = {"headers": {"X-Left": {"schema": {"type": "integer"}}}, "content": {"text/csv": {}}}
    operation = {
        "operationId": "getA",
        "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer"}}],
        "requestBody": {"content": {"application/json": {}, "text/plain": {}}},
        "responses": {"200": answer, "4XX": {"description": "no content"}},
    }
    thing = {"properties": {"inner": {"properties": {"x": {"type": "integer"}}}}}
    return {
        "openapi": "3.1.0",
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": {"Thing": thing}},
    }


def test_every_part_has_its_outcome(root: dict[str, Any]) -> None:
    """Parameters with argument and type, bodies and answers by media type, headers, schemas."""
    found = accounted(root)

    (operation,) = found.operations
    (parameter,) = operation.parameters
    assert (operation.id, operation.outcome) == ("getA", "written")
    assert (parameter.name, parameter.argument, parameter.type) == (
        "query:q",
        "q",
        "Union[Unset, int]",
    )
    assert [each.name for each in operation.bodies] == ["application/json", "text/plain"]
    assert [(each.name, each.type) for each in operation.responses] == [
        ("200 text/csv", "str"),
        ("4XX", "None"),
    ]
    assert [each.name for each in operation.headers] == ["X-Left"]
    assert {(each.pointer, each.name) for each in found.schemas} >= {
        ("#/components/schemas/Thing", "Thing"),
        ("#/components/schemas/Thing/properties/inner", "ThingInner"),
    }
    assert found.totals()["responses"] == {"in_document": 2, "written": 2, "lost": 0}


def test_what_is_lost_is_an_error(root: dict[str, Any]) -> None:
    """An operation without a module is counted with all its parts, and stops the run."""
    found = accounted(root, lose="#/paths/~1a/post")

    assert [problem.level for problem in found.problems] == ["error"]
    assert found.totals()["operations"] == {"in_document": 1, "written": 0, "lost": 1}
    assert found.totals()["bodies"]["lost"] == 2
    assert json.dumps(found.totals())


def counted(root: dict[str, Any]) -> dict[str, int]:
    """Count the parts of a document by plain lookups, sharing no code with the generator."""
    found = dict.fromkeys(("operations", "parameters", "bodies", "responses", "headers"), 0)
    for item in root["paths"].values():
        for operation in (resolved(root, item).get(method) for method in METHODS):
            if operation is None:
                continue
            found["operations"] += 1
            found["parameters"] += len(set(parameters(root, resolved(root, item), operation)))
            body = resolved(root, operation.get("requestBody", {}))
            found["bodies"] += len(body.get("content", ()))
            headers: set[str] = set()
            for response in operation["responses"].values():
                response = resolved(root, response)
                found["responses"] += max(1, len(response.get("content", ())))
                headers |= {name.lower() for name in response.get("headers", ())}
            found["headers"] += len(headers - {"content-type"})
    return found


def parameters(
    root: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield where and under which name each parameter is sent, without those OpenAPI ignores."""
    for parameter in (*item.get("parameters", ()), *operation.get("parameters", ())):
        parameter = resolved(root, parameter)
        if parameter["name"].lower() not in ("accept", "content-type", "authorization"):
            yield parameter["in"], parameter["name"]


def resolved(root: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """Follow references to components."""
    while "$ref" in value:
        target: Any = root
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


@pytest.mark.parametrize("path", sorted(OPEN.glob("*.[jy]*")), ids=lambda path: path.stem)
def test_nothing_of_a_real_document_is_lost(path: Path) -> None:
    """As many parts are written as an independent count finds, in documents of other people."""
    document = load(path, path.name).document.root

    found = accounted(document)

    assert found.problems == ()
    totals = found.totals()
    assert {kind: totals[kind]["written"] for kind in counted(document)} == counted(document)
    assert totals["schemas"]["written"] >= len(document["components"]["schemas"])
