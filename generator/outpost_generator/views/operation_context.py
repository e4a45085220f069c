"""What is known while the view of one operation is made."""

from typing import Any

from attrs import define, field

from outpost_generator.errors import Problem
from outpost_generator.python.naming import argument_name, unique
from outpost_generator.python.types import ListOf, Named, Plain, Type, UnionOf, union
from outpost_generator.reading.document import method_name, pointer
from outpost_generator.schemas.models import Models


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
    used_passed: list[Type] = field(factory=list)
    _names: set[str] = field(factory=set)

    @property
    def where(self) -> str:
        """Return the pointer of the operation."""
        return pointer("paths", self.path, self.method)

    @property
    def http_method(self) -> str:
        """Return the method as it is sent."""
        return method_name(self.method)

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

    def need_module(self, module: str) -> None:
        """Import a runtime module of the package under its own name."""
        self.imports.add(f"from {self.models.package} import {module}")

    def text(self, type_: Type) -> str:
        """Return the annotation of what the operation returns, and import what it needs."""
        self.used.append(type_)
        return self.models.text(type_)

    def passed_text(self, type_: Type) -> str:
        """Return the annotation of what users pass in, and import what it needs."""
        taken = self._taken(type_)
        self.used_passed.append(taken)
        return self.models.text(taken, passed=True)

    def _taken(self, type_: Type) -> Type:
        """Take any sequence of enum members or texts: a list of members alone is one of them."""
        match type_:
            case ListOf(Named(component)) if component in self.models.likes:
                lines = (
                    "from typing import Sequence",
                    self.models.import_line(component, passed=True),
                )
                return Plain(f"Sequence[{self.models.likes[component]}]", lines)
            case UnionOf(members):
                return union(*[self._taken(member) for member in members])
            case _:
                return type_

    def all_imports(self) -> tuple[str, ...]:
        """Return every import line of the module."""
        self.imports.update(self.models.imports(self.used))
        self.imports.update(self.models.imports(self.used_passed, passed=True))
        return tuple(sorted(self.imports))

    def problem(self, where: str, reason: str, way_out: str) -> None:
        """Record something that cannot be generated."""
        self.problems.append(Problem(where, reason, way_out))
