"""What references name is put in place: parameters, bodies, responses. Schemas stay shared."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import SECTIONS, Change, Document, operations, pointer
from outpost_generator.reading.references import resolve


def references(document: Document) -> Document:
    """Replace every ``$ref`` of an operation that is not a schema by what it refers to."""
    inliner = _Inliner(document.root)
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        items = {name: dict(item) for name, item in (document.root.get(section) or {}).items()}
        for name, method, operation in operations(document.root, section):
            items[name][method] = inliner.operation(operation, pointer(section, name, method))
        if section in document.root:
            sections[section] = items
    return document.with_root({**document.root, **sections}, inliner.changes).with_problems(
        inliner.problems
    )


class _Inliner:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.changes: list[Change] = []
        self.problems: list[Problem] = []

    def operation(self, operation: dict[str, Any], where: str) -> dict[str, Any]:
        inlined = dict(operation)
        parameters = [
            self.parameter(each, f"{where}/parameters/{index}")
            for index, each in enumerate(operation.get("parameters") or [])
        ]
        inlined["parameters"] = [each for each in parameters if each is not None]
        if operation.get("requestBody") is not None:
            body = self.follow(operation["requestBody"], f"{where}/requestBody")
            if body is not None:
                inlined["requestBody"] = self.content(body, f"{where}/requestBody")
        inlined["responses"] = {}
        for status, response in (operation.get("responses") or {}).items():
            if status.startswith("x-"):
                continue
            at = f"{where}/responses/{status}"
            found = self.follow(response, at)
            if found is not None:
                inlined["responses"][status] = self.response(found, at)
        return inlined

    def parameter(self, parameter: Any, where: str) -> Any:
        found = self.follow(parameter, where)
        return self.content(found, where) if found is not None else None

    def response(self, response: dict[str, Any], where: str) -> dict[str, Any]:
        response = self.content(response, where)
        headers = {
            name: self.follow(header, f"{where}/headers{pointer(name)[1:]}")
            for name, header in (response.get("headers") or {}).items()
        }
        return {
            **response,
            "headers": {name: found for name, found in headers.items() if found is not None},
        }

    def content(self, holder: dict[str, Any], where: str) -> dict[str, Any]:
        content = holder.get("content")
        if not isinstance(content, dict):
            return holder
        found = {
            name: self.follow(media, f"{where}/content{pointer(name)[1:]}")
            for name, media in content.items()
        }
        return {**holder, "content": {name: media or {} for name, media in found.items()}}

    def follow(self, value: Any, where: str) -> Any:
        seen: list[str] = []
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            reference = value["$ref"]
            target = None if reference in seen else resolve(self.root, reference)
            if target is None:
                reason = (
                    f"{reference} leads back to itself"
                    if reference in seen
                    else f"{reference} does not exist"
                )
                self.problems.append(
                    Problem(where, reason, "Correct the reference, or add what it names.")
                )
                return None
            seen.append(reference)
            siblings = {
                key: item for key, item in value.items() if key in ("description", "summary")
            }
            value = {**target, **siblings} if isinstance(target, dict) else target
        if not isinstance(value, dict):
            self.problems.append(Problem(where, "must be an object", "Correct the document."))
            return None
        if seen:
            self.changes.append(Change("references", where, f"put in place of {seen[0]}"))
        return value
