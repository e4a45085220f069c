"""Every operation has an id that no other operation has."""

from typing import Any

from outpost_generator.python.naming import snake_case
from outpost_generator.reading.document import Change, Document, operations, pointer


def operation_ids(document: Document) -> Document:
    """Name operations without an id after method and path; number ids that occur twice."""
    changes: list[Change] = []
    paths: dict[str, Any] = {path: dict(item) for path, item in document.root["paths"].items()}
    taken: set[str] = set()
    for path, method, operation in operations(document.root):
        given = operation.get("operationId")
        wanted = (
            given if isinstance(given, str) and given.strip() else snake_case(f"{method} {path}")
        )
        chosen, number = wanted, 2
        while chosen in taken:
            chosen, number = f"{wanted}_{number}", number + 1
        taken.add(chosen)
        if chosen != given:
            changes.append(
                Change("operation_ids", pointer("paths", path, method), f"named {chosen}")
            )
            paths[path][method] = {**operation, "operationId": chosen}
    return document.with_root({**document.root, "paths": paths}, changes) if changes else document
