"""Requests that the other side sends: webhooks and callbacks, all in one place and one form."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.python.naming import unique_name
from outpost_generator.reading.document import Change, Document, methods, operations, pointer
from outpost_generator.reading.references import follow


def events(document: Document) -> Document:
    """Gather ``webhooks``, ``x-webhooks`` and callbacks under ``webhooks``, one request each.

    Each keeps under ``x-origin`` where it stands in the source, and under ``x-kind`` what it is.
    """
    gathering = _Gathering(document)
    for section in ("webhooks", "x-webhooks"):
        for name, item in (document.root.get(section) or {}).items():
            if str(name).startswith("x-") and not isinstance(item, dict):
                continue  # an extension, not a webhook
            gathering.item(str(name), item, pointer(section, name), "webhook")
    for path, method, operation in operations(document.root):
        for name, callback in (operation.get("callbacks") or {}).items():
            at = f"{pointer('paths', path, method)}/callbacks{pointer(name)[1:]}"
            found = follow(document.root, callback)
            for expression, item in found.items():
                if not str(expression).startswith("x-"):
                    inner = f"{at}{pointer(expression)[1:]}"
                    title = f"{operation['operationId']} {name}"
                    gathering.item(title, item, inner, "callback")
    if not gathering.found:
        return document.with_problems(gathering.problems)
    root = {key: value for key, value in document.root.items() if key != "x-webhooks"}
    done = document.with_root({**root, "webhooks": gathering.found}, gathering.changes)
    return done.with_problems(gathering.problems)


class _Gathering:
    def __init__(self, document: Document) -> None:
        self.root = document.root
        self.found: dict[str, Any] = {}
        self.taken: set[str] = set()
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def item(self, name: str, item: Any, where: str, kind: str) -> None:
        item = follow(self.root, item)
        requests = methods(item)
        if not requests:
            reason = f"the {kind} describes no request"
            self.problems.append(Problem(where, reason, "Give it a method.", "warning"))
        for method in requests:
            title = unique_name(name if len(requests) == 1 else f"{name} {method}", self.taken)
            operation = {**item[method], "x-origin": f"{where}/{method}", "x-kind": kind}
            operation["parameters"] = [
                *(item.get("parameters") or []),
                *(operation.get("parameters") or []),
            ]
            self.found[title] = {method: operation}
            self.changes.append(Change("events", where, f"{kind} {title}"))
