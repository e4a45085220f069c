"""The headers that the answers to an operation carry become a schema of their own."""

import json
from typing import Any

from outpost_generator.python.naming import pascal_case, unique
from outpost_generator.reading.document import Change, Document, operations, pointer

#: The key of an operation that names the schema of its response headers.
KEY = "x-outpost-response-headers"
_UNSAID = frozenset(("content-type",))
#: A class of so few headers is named after them.
_MOST_NAMES = 3


def response_headers(document: Document) -> Document:
    """Name the headers of each operation's answers; operations with equal ones share a schema."""
    changes: list[Change] = []
    schemas = document.schemas
    taken = {pascal_case(name).lower() for name in schemas}
    named: dict[str, str] = {}
    origins = dict(document.origins)
    paths: dict[str, Any] = {path: dict(item) for path, item in document.root["paths"].items()}
    for path, method, operation in operations(document.root):
        properties = _headers(operation)
        if not properties:
            continue
        shape = json.dumps(properties, sort_keys=True, default=str)
        if shape not in named:
            where = f"{pointer('paths', path, method)}/responses"
            named[shape] = unique(_name(properties, str(operation["operationId"])), taken)
            origins[named[shape]] = where
            schemas[named[shape]] = {
                "type": "object",
                "description": "Headers of an answer, as far as the server sent them.",
                "properties": properties,
            }
            changes.append(Change("response_headers", where, f"named {named[shape]}"))
        paths[path][method] = {**operation, KEY: named[shape]}
    done = document.with_root({**document.root, "paths": paths}, changes).with_schemas(schemas)
    return done.with_origins(origins)


def _name(properties: dict[str, Any], operation_id: str) -> str:
    """Return a name that stays when another operation comes to share the headers."""
    said = properties if len(properties) <= _MOST_NAMES else [operation_id, "response"]
    return "".join(pascal_case(each) for each in said) + "Headers"


def _headers(operation: dict[str, Any]) -> dict[str, Any]:
    """Return every documented header once, whatever the status that carries it."""
    found: dict[str, Any] = {}
    spelled: set[str] = set()
    for response in operation["responses"].values():
        for name, header in (response.get("headers") or {}).items():
            if name.lower() in spelled or name.lower() in _UNSAID:
                continue
            spelled.add(name.lower())
            schema = header.get("schema")
            note = {"description": header["description"]} if header.get("description") else {}
            found[name] = {**(schema if isinstance(schema, dict) else {"type": "string"}), **note}
    return found
