"""What became of every part of the document: counted in the source, compared with what was written.

The source is read here once more, without the passes, so that a pass that loses something is found.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from outpost_generator.document import METHODS, Document, Problem, pointer
from outpost_generator.models import Models
from outpost_generator.parameter_views import IGNORED_HEADERS
from outpost_generator.references import resolve
from outpost_generator.text import literal
from outpost_generator.views import OperationView


@frozen
class OperationAccount:
    """One operation of the source and what was written for it."""

    pointer: str
    id: str
    module: str
    parameters: tuple[str, ...]
    bodies: tuple[str, ...]
    responses: tuple[str, ...]


@frozen
class SchemaAccount:
    """One schema component of the source and the class or alias written for it."""

    pointer: str
    name: str
    module: str


@frozen
class Account:
    """The whole document."""

    operations: tuple[OperationAccount, ...]
    schemas: tuple[SchemaAccount, ...]
    problems: tuple[Problem, ...]


def account(source: Document, models: Models, views: Mapping[str, OperationView]) -> Account:
    """Compare the source with the views; ``views`` are by the pointer of their operation."""
    operations: list[OperationAccount] = []
    problems: list[Problem] = []
    for where, path_item, operation in _operations(source.root):
        view = views.get(where)
        if view is None:
            problems.append(_lost(where, "operation"))
            continue
        parameters = _parameters(source.root, path_item, operation)
        written = {(view_.location, view_.wire_name) for view_ in view.parameters}
        problems += [
            _lost(where, f"{place} parameter {name!r}")
            for place, name in parameters
            if (literal(place), literal(name)) not in written
        ]
        bodies = tuple(_follow(source.root, operation.get("requestBody")).get("content") or ())
        if literal(bodies) != view.request_media_types:
            problems.append(_lost(where, "request body"))
        statuses = tuple(
            str(status)
            for status in operation.get("responses") or ()
            if not str(status).startswith("x-")
        )
        if literal(statuses) != view.statuses:
            problems.append(_lost(where, "response"))
        module = view.module_literal.strip('"')
        found = tuple(f"{place}:{name}" for place, name in parameters)
        operations.append(OperationAccount(where, _text(view.id), module, found, bodies, statuses))
    schemas: list[SchemaAccount] = []
    for name in source.schemas:
        where = pointer("components", "schemas", name)
        if name in models.names:
            schemas.append(SchemaAccount(where, models.names[name], models.homes[name]))
        else:
            problems.append(_lost(where, "schema"))
    problems += _not_written(source.root)
    return Account(tuple(operations), tuple(schemas), tuple(problems))


def _not_written(root: dict[str, Any]) -> list[Problem]:
    """Name the requests that the other side sends: no code is made for them."""
    found = [pointer("webhooks", name) for name in root.get("webhooks") or ()]
    found += [
        f"{where}/callbacks"
        for where, _, operation in _operations(root)
        if operation.get("callbacks")
    ]
    reason = "requests that a server sends are not generated; their schemas are"
    return [Problem(where, reason, "Read them with the models.", "warning") for where in found]


def _operations(root: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for path, item in (root.get("paths") or {}).items():
        item = _follow(root, item)
        for method in METHODS:
            if isinstance(item.get(method), dict):
                found.append((pointer("paths", path, method), item, item[method]))
    return found


def _parameters(
    root: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]
) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for parameter in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]:
        parameter = _follow(root, parameter)
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        if not (place == "header" and name.lower() in IGNORED_HEADERS):
            found[place, name] = None
    return list(found)


def _follow(root: dict[str, Any], value: Any) -> dict[str, Any]:
    for _ in range(20):
        if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
            break
        rest = {key: item for key, item in value.items() if key != "$ref"}
        target = resolve(root, value["$ref"])
        value = {**target, **rest} if isinstance(target, dict) else {}
    return value if isinstance(value, dict) else {}


def _lost(where: str, what: str) -> Problem:
    return Problem(
        where, f"{what} is not in the output", "See the problems above; else report this."
    )


def _text(quoted: str) -> str:
    import ast

    return str(ast.literal_eval(quoted))
