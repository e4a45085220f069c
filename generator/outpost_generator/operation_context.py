"""What is known while the view of one operation is made."""

from typing import Any

from attrs import define, field

from outpost_generator.document import Problem, pointer
from outpost_generator.models import Models
from outpost_generator.naming import argument_name, unique
from outpost_generator.types import Type


@define
class OperationContext:
    """One operation, and what its module will import."""

    models: Models
    path: str
    method: str
    operation: dict[str, Any]
    problems: list[Problem] = field(factory=list)
    imports: set[str] = field(factory=set)
    used: list[Type] = field(factory=list)
    _names: set[str] = field(factory=set)

    @property
    def where(self) -> str:
        """Return the pointer of the operation."""
        return pointer("paths", self.path, self.method)

    @property
    def body(self) -> dict[str, Any]:
        """Return the request body, empty when there is none."""
        found = self.operation.get("requestBody")
        return found if isinstance(found, dict) else {}

    def argument(self, wire_name: str) -> str:
        """Return an argument name that no other argument of this operation has."""
        chosen = self.models.config.arguments.get(str(self.operation.get("operationId")), {})
        return unique(argument_name(chosen.get(wire_name, wire_name)), self._names)

    def need(self, module: str, name: str) -> str:
        """Import a name from a runtime module of the package, and return it."""
        self.imports.add(f"from {self.models.package}.{module} import {name}")
        return name

    def text(self, type_: Type) -> str:
        """Return the annotation of a type, and import what it needs."""
        self.used.append(type_)
        return self.models.text(type_)

    def problem(self, where: str, reason: str, way_out: str) -> None:
        """Record something that cannot be generated."""
        self.problems.append(Problem(where, reason, way_out))
