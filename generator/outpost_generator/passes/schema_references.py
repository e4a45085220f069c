"""A schema that others refer to is a component, wherever the document keeps it."""

from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.python.naming import pascal_case, unique
from outpost_generator.reading.bundle import EXTERNAL
from outpost_generator.reading.document import Change, Document
from outpost_generator.reading.references import parts, resolve, schema_name
from outpost_generator.reading.walk import rewrite_schema, rewrite_schemas

_ANCHORS = ("$anchor", "$dynamicAnchor")


def schema_references(document: Document) -> Document:
    """Give every schema that a ``$ref`` leads to a name in components, if it has none.

    References may lead into ``properties``, ``$defs``, other files, or to an anchor.
    """
    naming = _Naming(document)
    done = rewrite_schemas(document, naming.rewrite)
    schemas = done.schemas
    while naming.waiting:  # what was found may refer to more
        name, schema = naming.waiting.popitem()
        schemas[name] = rewrite_schema(schema, naming.origins[name], naming.rewrite)
    if not naming.changes:
        return done.with_problems(naming.problems)
    done = done.with_schemas(schemas, naming.changes).with_origins(naming.origins)
    return done.with_problems(naming.problems)


class _Naming:
    def __init__(self, document: Document) -> None:
        self.root = document.root
        self.taken = {pascal_case(name).lower() for name in document.schemas}
        self.components = set(document.schemas)
        self.named: dict[str, str] = {}
        self.waiting: dict[str, Any] = {}
        self.origins = dict(document.origins)
        self.changes: list[Change] = []
        self.problems: list[Problem] = []
        self._anchors: dict[str, str] | None = None

    def rewrite(self, schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        if "$dynamicRef" in schema and "$ref" not in schema:
            schema = {"$ref": schema["$dynamicRef"], **schema}
            del schema["$dynamicRef"]
        rule = schema.get("discriminator")
        if isinstance(rule, dict) and isinstance(rule.get("mapping"), dict):
            mapping = {
                tag: self.reference(target, where) if _leads_away(target) else target
                for tag, target in rule["mapping"].items()
            }
            if mapping != rule["mapping"]:
                schema = {**schema, "discriminator": {**rule, "mapping": mapping}}
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not _leads_away(reference):
            return schema
        return {**schema, "$ref": self.reference(reference, where)}

    def reference(self, reference: str, where: str) -> str:
        """Return a reference to the component that stands for what a reference leads to."""
        if reference not in self.named:
            pointer = reference
            if reference.startswith("#") and not reference.startswith("#/") and reference != "#":
                pointer = self.anchors().get(reference[1:], reference)
            component = schema_name(pointer)
            if component in self.components and component is not None:
                self.named[reference] = component
                return f"#/components/schemas/{component}"
            target = resolve(self.root, pointer)
            if not isinstance(target, dict | bool):
                return self._by_name(reference, where)
            name = unique(_readable(pointer), self.taken)
            self.named[reference] = name
            self.waiting[name] = target
            self.origins[name] = pointer
            self.changes.append(Change("schema_references", where, f"{reference} named {name}"))
        return f"#/components/schemas/{self.named[reference]}"

    def _by_name(self, reference: str, where: str) -> str:
        """Return what a reference that leads nowhere ends with: the name of a component."""
        name = reference.rpartition("/")[2]
        if name not in self.components:
            return reference  # reported with all others that lead nowhere
        reason = f"{reference} does not exist; read as the schema component {name}"
        way_out = f"Write #/components/schemas/{name}."
        self.problems.append(Problem(where, reason, way_out, "warning"))
        return f"#/components/schemas/{name}"

    def anchors(self) -> dict[str, str]:
        """Return the pointer of every anchor of the document."""
        if self._anchors is None:
            self._anchors = {}
            waiting: list[tuple[Any, str]] = [(self.root, "#")]
            while waiting:
                value, at = waiting.pop()
                if isinstance(value, dict):
                    for key in _ANCHORS:
                        if isinstance(value.get(key), str):
                            self._anchors.setdefault(value[key], at)
                    items: Any = value.items()
                else:
                    items = enumerate(value)
                for key, each in items:
                    if isinstance(each, dict | list):
                        escaped = str(key).replace("~", "~0").replace("/", "~1")
                        waiting.append((each, f"{at}/{escaped}"))
        return self._anchors


def _leads_away(reference: object) -> bool:
    return (
        isinstance(reference, str) and reference.startswith("#") and schema_name(reference) is None
    )


def _readable(pointer: str) -> str:
    """Return a name for what a pointer leads to: its own last name, after that of what holds it."""
    names = [
        each
        for each in parts(pointer)
        if each not in ("components", "schemas", "properties", "$defs", "definitions", EXTERNAL)
    ]
    shown = names[-1:] if "properties" not in parts(pointer) else names[-2:]
    return pascal_case(" ".join(pascal_case(each) for each in shown)) or "Schema"
