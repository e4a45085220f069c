"""What can be told from the source of a prediction template before any of it runs."""

from __future__ import annotations

import ast
import traceback
from keyword import iskeyword

from packaging.requirements import InvalidRequirement, Requirement

from outpost_server.containers.catalogue import (
    DEFAULT_CONTAINER,
    container_names,
    find_container,
)
from outpost_server.engines.engine import Declarations


class TemplateRefused(Exception):
    """The template cannot be deployed; ``detail`` is a traceback where there is one."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def read_declarations(source: bytes, file_name: str, class_name: str) -> Declarations:
    """Return what the class declares: nothing when the file imports it from elsewhere.

    Raises:
        TemplateRefused: the file is no Python, or a declaration is not a plain list of strings
            that can be understood.
    """
    try:
        module = ast.parse(source, file_name)
    except (SyntaxError, ValueError) as error:
        detail = "".join(traceback.format_exception_only(error)).rstrip("\n")
        raise TemplateRefused(f"The template file is not valid Python: {error}", detail) from None
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            requirements = _strings(node, "python_requirements")
            _require_valid(requirements)
            return Declarations(
                requirements,
                _strings(node, "system_dependencies"),
                _container(node) or DEFAULT_CONTAINER,
            )
    return Declarations()


def module_file(name: str | None) -> str:
    """Return the name that the file of a template has here: its author's, where it is a module's.

    Others, such as those with a hyphen, cannot be imported, which processes that a template starts
    have to.
    """
    stem = (name or "").removesuffix(".py")
    is_usable = stem.isascii() and stem.isidentifier() and not iskeyword(stem) and len(stem) <= 64
    return f"{stem if is_usable and not stem.startswith('__') else 'template'}.py"


def _require_valid(requirements: tuple[str, ...]) -> None:
    for text in requirements:
        try:
            Requirement(text)
        except InvalidRequirement as error:
            reason = f"python_requirements: {text!r} is not valid: {error}"
            raise TemplateRefused(reason) from None


def _container(node: ast.ClassDef) -> str | None:
    value = _value(node, "container")
    if value is None:
        return None
    name = _literal(value)
    if not isinstance(name, str):
        raise TemplateRefused(
            "container must be written as a string, because it is read before the file runs."
        )
    if find_container(name) is None:
        choices = ", ".join(container_names())
        raise TemplateRefused(
            f"container: there is no container {name!r}; choose one of {choices}."
        )
    return name


def _value(node: ast.ClassDef, name: str) -> ast.expr | None:
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                found == name
            ):
                return value
    return None


def _literal(value: ast.expr) -> object:
    try:
        found: object = ast.literal_eval(value)
    except ValueError:
        return None
    return found


def _strings(node: ast.ClassDef, name: str) -> tuple[str, ...]:
    value = _value(node, name)
    if value is None:
        return ()
    found = _literal(value)
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) for item in found):
        raise TemplateRefused(
            f"{name} must be written as a list of strings, because it is read before the file runs."
        )
    return tuple(found)
