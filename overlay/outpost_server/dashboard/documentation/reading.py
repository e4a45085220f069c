"""The operations of an OpenAPI document as the page shows them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote

from outpost_server.dashboard.documentation.schemas import (
    Row,
    Schemas,
    items,
    mapping,
    short,
    text,
)

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
MAX_OPERATIONS = 200
MAX_ANSWERS = 20
MAX_CONTENTS = 8
MAX_PARAMETERS = 50
# Of an example of a parameter, which becomes a part of an address.
MAX_EXAMPLE = 200
# Pieces of an example's JSON, each a value or what stands between two.
MAX_PIECES = 1000
JSON = "application/json"
FORM = "multipart/form-data"


@dataclass(frozen=True)
class Content:
    """A body of one media type: what it may be in words, its fields, and one that would do."""

    media_type: str
    words: str
    rows: tuple[Row, ...]
    example: str


@dataclass(frozen=True)
class Answer:
    """One of the answers of an operation."""

    status: str
    description: str
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class Operation:
    """A method of a path. ``target`` is the path with a value for each parameter that it needs.

    ``is_all_in_query`` is true where it takes parameters of the query, and names no body.
    """

    id: str
    method: str
    path: str
    target: str
    summary: str
    description: str
    parameters: tuple[Row, ...]
    is_all_in_query: bool
    is_body_required: bool
    bodies: tuple[Content, ...]
    answers: tuple[Answer, ...]
    curl: str


@dataclass(frozen=True)
class Documentation:
    """What an endpoint offers."""

    title: str
    description: str
    operations: tuple[Operation, ...]


def read_document(document: Any, url: str) -> Documentation:
    """Return what a document says of the endpoint at ``url``; what is no OpenAPI is left out.

    Nothing in it is trusted: texts are for a page that escapes them, and a command that is to be
    copied is quoted for the shell.
    """
    document = mapping(document)
    schemas = Schemas(document)
    info = mapping(document.get("info"))
    found = _operations(document, schemas, url)
    return Documentation(
        title=text(info.get("title")),
        description=text(info.get("description")),
        operations=tuple(islice(found, MAX_OPERATIONS)),
    )


def _operations(document: Mapping[str, Any], schemas: Schemas, url: str) -> Iterator[Operation]:
    for path, value in mapping(document.get("paths")).items():
        item = schemas.resolved(value)
        for method in METHODS:
            operation = mapping(item.get(method))
            if operation:
                shared = items(item.get("parameters"))
                yield _operation(schemas, url, path, method, operation, shared)


def _operation(
    schemas: Schemas,
    url: str,
    path: str,
    method: str,
    operation: Mapping[str, Any],
    shared: list[Any],
) -> Operation:
    body = schemas.resolved(operation.get("requestBody"))
    bodies = _contents(schemas, body)
    named = (*shared, *items(operation.get("parameters")))[:MAX_PARAMETERS]
    parameters = [schemas.resolved(one) for one in named]
    return Operation(
        id=f"{method}-{quote(path, safe='', errors='replace')}",
        method=method.upper(),
        path=text(path),
        target=_target(schemas, text(path), parameters),
        summary=text(operation.get("summary")),
        description=text(operation.get("description")),
        parameters=tuple(_parameter(schemas, one) for one in parameters),
        is_all_in_query=not bodies and any(one.get("in") == "query" for one in parameters),
        is_body_required=body.get("required") is True,
        bodies=bodies,
        answers=tuple(
            _answer(schemas, status, schemas.resolved(value))
            for status, value in islice(mapping(operation.get("responses")).items(), MAX_ANSWERS)
        ),
        curl=_curl(url, path, method, bodies),
    )


def _target(schemas: Schemas, path: str, parameters: list[Mapping[str, Any]]) -> str:
    asked = []
    for parameter in parameters:
        name, place = text(parameter.get("name")), parameter.get("in")
        if name and place in ("path", "query"):
            value = parameter.get("example", schemas.example(parameter.get("schema")))
            said = value if isinstance(value, str) else json.dumps(value)
            said = quote(said[:MAX_EXAMPLE], safe="", errors="replace")
            if place == "path":
                path = path.replace(f"{{{name}}}", said)
            elif parameter.get("required") is True:
                asked.append(f"{quote(name, safe='', errors='replace')}={said}")
    return f"{path}?{'&'.join(asked)}" if asked else path


def _parameter(schemas: Schemas, parameter: Mapping[str, Any]) -> Row:
    schema = schemas.resolved(parameter.get("schema"))
    place = text(parameter.get("in"))
    return Row(
        name=text(parameter.get("name")),
        depth=0,
        words=schemas.words(schema) + (f", in the {place}" if place else ""),
        is_required=parameter.get("required") is True,
        default="" if "default" not in schema else short(schema["default"]),
        description=text(parameter.get("description")),
    )


def _answer(schemas: Schemas, status: str, answer: Mapping[str, Any]) -> Answer:
    return Answer(text(status), text(answer.get("description")), _contents(schemas, answer))


def _contents(schemas: Schemas, holder: Mapping[str, Any]) -> tuple[Content, ...]:
    return tuple(
        _content(schemas, media_type, mapping(value))
        for media_type, value in islice(mapping(holder.get("content")).items(), MAX_CONTENTS)
    )


def _content(schemas: Schemas, media_type: str, content: Mapping[str, Any]) -> Content:
    schema = content.get("schema")
    # Before the example, which looks at many schemas where they refer to themselves.
    words, rows = schemas.words(schema), schemas.rows(schema)
    example = ""
    if media_type == JSON or media_type.endswith("+json"):
        pieces = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(
            _example(schemas, content)
        )
        example = "".join(islice(pieces, MAX_PIECES))
    return Content(text(media_type), words, rows, text(example))


def _example(schemas: Schemas, content: Mapping[str, Any]) -> Any:
    if "example" in content:
        return content["example"]
    for named in mapping(content.get("examples")).values():
        example = schemas.resolved(named)
        if "value" in example:
            return example["value"]
    return schemas.example(content.get("schema"))


def _curl(url: str, path: str, method: str, bodies: tuple[Content, ...]) -> str:
    """Return the operation as a command that a shell takes literally."""
    lines = ['curl -H "Authorization: Bearer $OUTPOST_API_TOKEN"']
    if method != "post":
        lines.append(f"-X {method.upper()}")
    body = next((one for one in bodies if one.media_type == JSON), next(iter(bodies), None))
    if body is not None and body.media_type == JSON:
        # Escapes of JSON stand for what could be taken for something else in a terminal.
        compact = json.dumps(_loaded(body.example))
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(compact)}"]
    elif body is not None and body.media_type == FORM:
        lines += [f"-F {shlex.quote(f'{row.name}=@FILE')}" for row in body.rows if _is_plain(row)]
    elif body is not None:
        lines.append("--data-binary @FILE")
    lines.append(shlex.quote(url + quote(path, safe="/{}", errors="replace")))
    return " \\\n  ".join(lines)


def _loaded(example: str) -> Any:
    try:
        return json.loads(example)
    except ValueError:  # one that was cut
        return {}


def _is_plain(row: Row) -> bool:
    return row.depth == 0 and row.words == "file" and row.name.isidentifier()
