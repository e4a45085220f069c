"""The document on its way through the passes, with the record of what they changed."""

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from outpost_generator.errors import Problem

#: A JSON object of the document. Passes never change one in place.
Node = Mapping[str, Any]


@frozen
class Change:
    """What one pass did at one place, for the report."""

    pass_name: str
    pointer: str
    what: str


@frozen
class Document:
    """An OpenAPI document between two passes.

    ``origins`` maps each schema component to where the user finds it in the source document.
    """

    root: dict[str, Any]
    origins: dict[str, str]
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def schemas(self) -> dict[str, Any]:
        """The schema components."""
        components = self.root.get("components")
        found = components.get("schemas") if isinstance(components, dict) else None
        return dict(found) if isinstance(found, dict) else {}

    def with_root(self, root: dict[str, Any], changes: "list[Change] | None" = None) -> "Document":
        """Return the document with another content, and what was changed for it."""
        return evolve(self, root=root, changes=(*self.changes, *(changes or [])))

    def with_schemas(
        self, schemas: dict[str, Any], changes: "list[Change] | None" = None
    ) -> "Document":
        """Return the document with other schema components."""
        components = {**(self.root.get("components") or {}), "schemas": schemas}
        return self.with_root({**self.root, "components": components}, changes)

    def with_origins(self, origins: dict[str, str]) -> "Document":
        """Return the document with another record of where its schemas come from."""
        return evolve(self, origins=origins)

    def with_problems(self, problems: list[Problem]) -> "Document":
        """Return the document with further problems."""
        return evolve(self, problems=(*self.problems, *problems))


METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
#: How the key of an operation of another method begins, in the form that the passes give it.
ADDITIONAL = "additionalOperations/"


def operations(root: Node, section: str = "paths") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path or name, method, operation) of ``paths`` or ``webhooks`` in document order."""
    for path, item in (root.get(section) or {}).items():
        for method in methods(item):
            yield path, method, item[method]


def methods(item: Node) -> list[str]:
    """Return the keys of a path item that hold operations."""
    return [key for key in item if is_method(key) and isinstance(item[key], dict)]


def is_method(key: str) -> bool:
    """Return whether a key of a path item holds an operation."""
    return key in METHODS or key.startswith(ADDITIONAL)


def method_name(key: str) -> str:
    """Return the HTTP method of an operation by its key in the path item."""
    return key[len(ADDITIONAL) :] if key.startswith(ADDITIONAL) else key.upper()


def with_additional_operations(item: dict[str, Any]) -> dict[str, Any]:
    """Return a path item whose ``additionalOperations`` stand beside its other operations."""
    further = item.get("additionalOperations")
    if not isinstance(further, dict):
        return item
    rest = {key: value for key, value in item.items() if key != "additionalOperations"}
    return {**rest, **{f"{ADDITIONAL}{name}": each for name, each in further.items()}}


def pointer(*parts: object) -> str:
    """Return the JSON pointer of the parts, such as ``#/paths/~1user/get``."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def below(where: str, key: object) -> str:
    """Return the pointer of what a pointer's target holds under a key."""
    text = str(key)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{where}/{text}"


#: Where a document describes requests: those that a client sends, and those that it receives.
SECTIONS = ("paths", "webhooks")
