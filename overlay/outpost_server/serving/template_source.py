"""What can be told from the source of a prediction template before any of it runs."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from keyword import iskeyword

from packaging.requirements import InvalidRequirement, Requirement

from outpost_server.containers.catalogue import (
    DEFAULT_CONTAINER,
    container_names,
    find_container,
)
from outpost_server.engines.engine import Declarations

MAX_BASES = 100
# They declare nothing.
PLAIN_BASES = frozenset(
    "object ABC abc.ABC Generic typing.Generic Protocol typing.Protocol NamedTuple".split()
)


class TemplateRefused(Exception):
    """The template cannot be deployed; ``detail`` is a traceback where there is one."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class ReadTemplate:
    """What a class declares; ``unread`` are its bases from elsewhere, which may declare more."""

    declared: Declarations
    unread: tuple[str, ...] = ()


def read_declarations(source: bytes, file_name: str, class_name: str) -> ReadTemplate:
    """Return what the class declares, itself or by its bases in the same file.

    Nothing when the file imports it from elsewhere.

    Raises:
        TemplateRefused: the file is no Python, or a declaration is not a plain list of strings
            that can be understood.
    """
    try:
        module = ast.parse(source, file_name)
    except (SyntaxError, ValueError) as error:
        detail = "".join(traceback.format_exception_only(error)).rstrip("\n")
        raise TemplateRefused(f"The template file is not valid Python: {error}", detail) from None
    except (RecursionError, MemoryError):
        raise TemplateRefused("The template file is nested too deeply to be read.") from None
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    lineage, unread = _lineage(class_name, classes)
    requirements = _strings(lineage, "python_requirements")
    _require_valid(requirements)
    declared = Declarations(
        requirements,
        _strings(lineage, "system_dependencies"),
        _container(lineage) or DEFAULT_CONTAINER,
    )
    return ReadTemplate(declared, unread)


def _lineage(
    name: str, classes: Mapping[str, ast.ClassDef]
) -> tuple[list[ast.ClassDef], tuple[str, ...]]:
    """Return a class with its bases in the file, nearest first, and the names of the others."""
    found: list[ast.ClassDef] = []
    unread: list[str] = []
    if name not in classes:
        return found, ()
    waiting = [name]
    while waiting:
        node = classes[waiting.pop(0)]
        if node in found:
            found.remove(node)  # as in Python a base comes after all that have it
        found.append(node)
        if len(found) > MAX_BASES:
            raise TemplateRefused(f"The class {name!r} has more than {MAX_BASES} bases.")
        for base in node.bases:
            written = ast.unparse(base)
            if written in classes and classes[written] is not node:
                waiting.append(written)
            elif written.partition("[")[0] not in PLAIN_BASES:
                unread.append(written)
    return found, tuple(dict.fromkeys(unread))


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


def _container(lineage: list[ast.ClassDef]) -> str | None:
    value = _value(lineage, "container")
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


def _value(lineage: list[ast.ClassDef], name: str) -> ast.expr | None:
    """Return what the nearest class that has it gives to an attribute."""
    for node in lineage:
        found = None
        for statement in node.body:
            match statement:
                case ast.Assign(targets=targets, value=value) if _names(targets, name):
                    found = value
                case ast.AnnAssign(target=target, value=ast.expr() as value) if _names(
                    [target], name
                ):
                    found = value
        if found is not None:
            return found
    return None


def _names(targets: list[ast.expr], name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _literal(value: ast.expr) -> object:
    try:
        found: object = ast.literal_eval(value)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return None
    return found


def _strings(lineage: list[ast.ClassDef], name: str) -> tuple[str, ...]:
    value = _value(lineage, name)
    if value is None:
        return ()
    found = _literal(value)
    if not isinstance(found, list | tuple) or not all(isinstance(item, str) for item in found):
        raise TemplateRefused(
            f"{name} must be written as a list of strings, because it is read before the file runs."
        )
    return tuple(found)
