"""What became of every part of the document: counted in the source, compared with what was written.

The source is read here once more, without the passes, so that a pass that loses something is found.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from outpost_generator.document import (
    Document,
    Problem,
    methods,
    pointer,
    with_additional_operations,
)
from outpost_generator.models import Models
from outpost_generator.package_views import EventView
from outpost_generator.parameter_views import IGNORED_HEADERS
from outpost_generator.references import follow
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
    headers: tuple[str, ...]


@frozen
class SchemaAccount:
    """One schema component of the source and the class or alias written for it."""

    pointer: str
    name: str
    module: str


@frozen
class EventAccount:
    """One webhook or callback of the source and the function that reads its body."""

    pointer: str
    function: str


@frozen
class Account:
    """The whole document."""

    operations: tuple[OperationAccount, ...]
    schemas: tuple[SchemaAccount, ...]
    webhooks: tuple[EventAccount, ...]
    problems: tuple[Problem, ...]


def account(
    source: Document,
    models: Models,
    views: Mapping[str, OperationView],
    events: Sequence[EventView] = (),
) -> Account:
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
        bodies = tuple(follow(source.root, operation.get("requestBody")).get("content") or ())
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
        headers = _headers(source.root, operation)
        written_headers = {name.lower() for name in view.header_names}
        problems += [
            _lost(where, f"response header {name!r}")
            for name in headers
            if name.lower() not in written_headers
        ]
        operations.append(
            OperationAccount(where, _text(view.id), module, found, bodies, statuses, headers)
        )
    schemas: list[SchemaAccount] = []
    for name in source.schemas:
        where = pointer("components", "schemas", name)
        if name in models.names:
            schemas.append(SchemaAccount(where, models.names[name], models.homes[name]))
        else:
            problems.append(_lost(where, "schema"))
    received, lost = _received(source.root, {view.pointer: view for view in events})
    return Account(tuple(operations), tuple(schemas), tuple(received), (*problems, *lost))


def _received(
    root: dict[str, Any], events: Mapping[str, EventView]
) -> tuple[list[EventAccount], list[Problem]]:
    """Compare the webhooks and callbacks of the source with the functions that read them."""
    places: list[tuple[str, Any]] = []
    for section in ("webhooks", "x-webhooks"):
        places += [
            (pointer(section, name), item) for name, item in (root.get(section) or {}).items()
        ]
    for where, _, operation in _operations(root):
        for name, callback in (operation.get("callbacks") or {}).items():
            at = f"{where}/callbacks{pointer(name)[1:]}"
            for expression, item in follow(root, callback).items():
                if not str(expression).startswith("x-"):
                    places.append((f"{at}{pointer(expression)[1:]}", item))
    accounts, problems = [], []
    for where, item in places:
        for method in methods(follow(root, item)):
            view = events.get(f"{where}/{method}")
            if view is None:
                problems.append(_lost(f"{where}/{method}", "request"))
            else:
                accounts.append(EventAccount(f"{where}/{method}", view.function))
    return accounts, problems


def _operations(root: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    found = []
    for path, item in (root.get("paths") or {}).items():
        item = with_additional_operations(follow(root, item))
        found += [(pointer("paths", path, key), item, item[key]) for key in methods(item)]
    return found


def _parameters(
    root: dict[str, Any], item: dict[str, Any], operation: dict[str, Any]
) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for parameter in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]:
        parameter = follow(root, parameter)
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        if not (place == "header" and name.lower() in IGNORED_HEADERS):
            found[place, name] = None
    return list(found)


def _headers(root: dict[str, Any], operation: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the response headers, each once; Content-Type is not one of them."""
    found: dict[str, str] = {}
    for response in (operation.get("responses") or {}).values():
        for name in follow(root, response).get("headers") or {}:
            if str(name).lower() != "content-type":
                found.setdefault(str(name).lower(), str(name))
    return tuple(found.values())


def _lost(where: str, what: str) -> Problem:
    return Problem(
        where, f"{what} is not in the output", "See the problems above; else report this."
    )


def _text(quoted: str) -> str:
    import ast

    return str(ast.literal_eval(quoted))
