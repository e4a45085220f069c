"""What became of every part of the document: counted in the source, compared with what was written.

The source is read here once more, without the passes, so that a pass that loses something is found.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from outpost_generator.errors import Problem
from outpost_generator.passes.parameters import IGNORED_HEADERS, sent_as
from outpost_generator.python.document_text import plain
from outpost_generator.reading.document import (
    Document,
    methods,
    pointer,
    with_additional_operations,
)
from outpost_generator.reading.media import streamed_as
from outpost_generator.reading.references import follow, parts
from outpost_generator.schemas.models import Models
from outpost_generator.views.printed.operations import OperationView
from outpost_generator.views.printed.package import EventView

WRITTEN, LOST = "written", "lost"


@frozen
class PartAccount:
    """One part of an operation: a parameter, a media type of its body or of an answer, a header.

    Attributes:
        name: as in the document; for an answer, its status and media type.
        outcome: ``written``, or ``lost`` (then a problem says so).
        type: annotation that it got; empty where it has none of its own.
        argument: of the generated functions, for parameters.
    """

    name: str
    outcome: str
    type: str = ""
    argument: str = ""


@frozen
class OperationAccount:
    """One operation of the source and what was written for it."""

    pointer: str
    id: str
    module: str
    outcome: str
    parameters: tuple[PartAccount, ...] = ()
    bodies: tuple[PartAccount, ...] = ()
    responses: tuple[PartAccount, ...] = ()
    headers: tuple[PartAccount, ...] = ()


@frozen
class SchemaAccount:
    """One schema of the source, a component or one in place, and the type written for it."""

    pointer: str
    name: str
    module: str
    outcome: str


@frozen
class EventAccount:
    """One webhook or callback of the source and the function that reads its body."""

    pointer: str
    function: str
    outcome: str


@frozen
class Account:
    """The whole document."""

    operations: tuple[OperationAccount, ...]
    schemas: tuple[SchemaAccount, ...]
    webhooks: tuple[EventAccount, ...]
    problems: tuple[Problem, ...] = field(repr=False)

    def totals(self) -> dict[str, dict[str, int]]:
        """Return how many parts of each kind there are in the document, written and lost."""
        kinds: dict[str, Sequence[Any]] = {"operations": self.operations}
        for kind in ("parameters", "bodies", "responses", "headers"):
            kinds[kind] = [each for one in self.operations for each in getattr(one, kind)]
        kinds |= {"schemas": self.schemas, "webhooks": self.webhooks}
        return {
            kind: {
                "in_document": len(parts),
                WRITTEN: sum(each.outcome == WRITTEN for each in parts),
                LOST: sum(each.outcome == LOST for each in parts),
            }
            for kind, parts in kinds.items()
        }


def account(
    source: Document,
    models: Models,
    views: Mapping[str, OperationView],
    events: Sequence[EventView] = (),
) -> Account:
    """Compare the source with the views; ``views`` are by the pointer of their operation."""
    operations = tuple(
        _operation(source.root, where, item, operation, views.get(where))
        for where, item, operation in operations_of(source.root)
    )
    schemas = _schemas(source, models)
    received = _received(source.root, {plain(view.pointer): view for view in events})
    problems = [each for one in operations for each in _operation_problems(one)]
    problems += [_lost(each.pointer, "schema") for each in schemas if each.outcome == LOST]
    problems += [_lost(each.pointer, "request") for each in received if each.outcome == LOST]
    return Account(operations, schemas, received, (*problems, *_field_problems(source, models)))


def _operation(
    root: dict[str, Any],
    where: str,
    item: dict[str, Any],
    operation: dict[str, Any],
    view: "OperationView | None",
) -> OperationAccount:
    given = view.parameters if view else ()
    arguments = {(plain(each.location), plain(each.wire_name)): each for each in given}
    body = (
        next((each.annotation for each in view.arguments if each.name == "body"), "")
        if view
        else ""
    )
    media_types = view.request_media_types if view and view.bodies else ()
    headers = {name.lower() for name in view.header_names} if view else set()
    parameters = []
    for place, name in _parameters(root, parts(where)[1], item, operation):
        found = arguments.get((place, name))
        about = (found.annotation, found.name) if found is not None else ()
        parameters.append(_part(f"{place}:{name}", found is not None, *about))
    return OperationAccount(
        where,
        plain(view.id) if view else str(operation.get("operationId", "")),
        plain(view.module) if view else "",
        WRITTEN if view else LOST,
        tuple(parameters),
        tuple(
            _part(str(name), name in media_types, body)
            for name in follow(root, operation.get("requestBody")).get("content") or ()
        ),
        tuple(_answer(*each, view) for each in _responses(root, operation)),
        tuple(_part(name, name.lower() in headers) for name in _headers(root, operation)),
    )


def _part(name: str, is_written: bool, type: str = "", argument: str = "") -> PartAccount:
    return PartAccount(name, WRITTEN, type, argument) if is_written else PartAccount(name, LOST)


def _answer(status: str, media_type: str, view: "OperationView | None") -> PartAccount:
    """Look one answer up among those of the view."""
    name = f"{status} {media_type}".strip()
    key = status if status == "default" else status.upper()
    answer = next((each for each in view.answers if each.status == key), None) if view else None
    if view is None or answer is None:
        return PartAccount(name, LOST)
    if not media_type:
        return PartAccount(name, WRITTEN, "None")
    for content in answer.contents:
        if content.media_type == media_type.lower():
            return PartAccount(name, WRITTEN, content.annotation)
    is_streamed = bool(view.stream_item) and streamed_as(media_type) is not None
    return _part(name, is_streamed, f"Stream[{view.stream_item}]")


def _operation_problems(one: OperationAccount) -> list[Problem]:
    if one.outcome == LOST:
        return [_lost(one.pointer, "operation")]
    kinds = {
        "parameter": one.parameters,
        "request body": one.bodies,
        "response": one.responses,
        "response header": one.headers,
    }
    return [
        _lost(one.pointer, f"{kind} {part.name!r}")
        for kind, parts in kinds.items()
        for part in parts
        if part.outcome == LOST
    ]


def _schemas(source: Document, models: Models) -> tuple[SchemaAccount, ...]:
    """Account for the components of the source, and for the schemas in place that got a name."""
    found = []
    for name in source.schemas:
        where = pointer("components", "schemas", name)
        if name in models.names:
            module = f"{models.package}.models.{models.homes[name]}"
            found.append(SchemaAccount(where, models.names[name], module, WRITTEN))
        else:
            found.append(SchemaAccount(where, str(name), "", LOST))
    for name, origin in models.document.origins.items():
        if name in models.names and name not in source.schemas:
            module = f"{models.package}.models.{models.homes[name]}"
            found.append(SchemaAccount(origin, models.names[name], module, WRITTEN))
    return tuple(found)


def _field_problems(source: Document, models: Models) -> list[Problem]:
    """Return a problem for each property of a component that its class has no field for."""
    problems = []
    for name, schema in source.schemas.items():
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if not isinstance(properties, dict) or name not in models.names or models.is_alias(name):
            continue
        fields = models.field_names(name)
        where = pointer("components", "schemas", name, "properties")
        problems += [
            _lost(f"{where}{pointer(each)[1:]}", "property")
            for each in properties
            if str(each) not in fields
        ]
    return problems


def _received(root: dict[str, Any], events: Mapping[str, EventView]) -> tuple[EventAccount, ...]:
    """Compare the webhooks and callbacks of the source with the functions that read them."""
    places: list[tuple[str, Any]] = []
    for section in ("webhooks", "x-webhooks"):
        places += [
            (pointer(section, name), item) for name, item in (root.get(section) or {}).items()
        ]
    for where, _, operation in operations_of(root):
        for name, callback in (operation.get("callbacks") or {}).items():
            at = f"{where}/callbacks{pointer(name)[1:]}"
            for expression, item in follow(root, callback).items():
                if not str(expression).startswith("x-"):
                    places.append((f"{at}{pointer(expression)[1:]}", item))
    accounts = []
    for where, item in places:
        for method in methods(follow(root, item)):
            view = events.get(f"{where}/{method}")
            function, outcome = (view.function, WRITTEN) if view is not None else ("", LOST)
            accounts.append(EventAccount(f"{where}/{method}", function, outcome))
    return tuple(accounts)


def operations_of(root: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Return (pointer, path item, operation) of every operation, references followed."""
    found = []
    for path, item in (root.get("paths") or {}).items():
        if str(path).startswith("x-"):
            continue  # an extension, not a path
        item = with_additional_operations(follow(root, item))
        found += [(pointer("paths", path, key), item, item[key]) for key in methods(item)]
    return found


def _parameters(
    root: dict[str, Any], path: str, item: dict[str, Any], operation: dict[str, Any]
) -> list[tuple[str, str]]:
    """Return place and name of each parameter that a request can carry."""
    found: dict[tuple[str, str], None] = {}
    for parameter in [*(item.get("parameters") or []), *(operation.get("parameters") or [])]:
        parameter = follow(root, parameter)
        place, name = str(parameter.get("in")), sent_as(path, parameter)
        is_ignored = place == "header" and str(name).lower() in IGNORED_HEADERS
        if name is not None and not is_ignored:
            found[place, str(name)] = None
    return list(found)


def _responses(root: dict[str, Any], operation: dict[str, Any]) -> list[tuple[str, str]]:
    """Return status and media type of each answer; the media type is empty where none is named."""
    found: list[tuple[str, str]] = []
    for status, response in (operation.get("responses") or {}).items():
        if not str(status).startswith("x-"):
            content = follow(root, response).get("content") or {"": {}}
            found += [(str(status), str(media_type)) for media_type in content]
    return found


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
