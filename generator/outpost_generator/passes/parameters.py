"""Parameters that a request cannot carry are left out; names that miss the path by case fit it."""

import re
from collections.abc import Sequence
from typing import Any

from outpost_generator.errors import Problem
from outpost_generator.reading.document import SECTIONS, Change, Document, operations, pointer

TEMPLATE = re.compile(r"\{([^{}]*)\}")
#: The specification says that header parameters of these names are ignored.
IGNORED_HEADERS = ("accept", "content-type", "authorization")


def parameters(document: Document) -> Document:
    """Leave out, with a warning, what no request can carry, and name the rest as it is sent."""
    changes: list[Change] = []
    problems: list[Problem] = []
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        items = {name: dict(item) for name, item in (document.root.get(section) or {}).items()}
        for name, method, operation in operations(document.root, section):
            kept = []
            for index, parameter in enumerate(operation["parameters"]):
                where = f"{pointer(section, name, method)}/parameters/{index}"
                sent = sent_as(name, parameter) if section == "paths" else parameter.get("name")
                if sent is None and isinstance(parameter.get("name"), str):
                    problems.append(_left_out(where, parameter))
                    continue
                if sent != parameter.get("name"):
                    changes.append(Change("parameters", where, f"sent as {sent}"))
                    parameter = {**parameter, "name": sent}
                kept.append(parameter)
            items[name][method] = {**operation, "parameters": kept}
        if section in document.root:
            sections[section] = items
    return document.with_root({**document.root, **sections}, changes).with_problems(problems)


def sent_as(path: str, parameter: dict[str, Any]) -> Any:
    """Return the name under which a parameter is sent; ``None`` when nothing can carry it."""
    place, name = parameter.get("in"), parameter.get("name")
    if not isinstance(name, str):
        return name
    if place in ("header", "cookie"):
        return name.strip().rstrip(":") or None
    return _in_path(TEMPLATE.findall(path), name) if place == "path" else name


def _in_path(names: Sequence[str], name: str) -> "str | None":
    """Return the name as the path spells it; ``None`` when the path does not have it."""
    if name in names:
        return name
    plain = name.strip(" {}").casefold()
    alike = [each for each in names if plain_name(each).casefold() == plain]
    return alike[0] if len(alike) == 1 else None


def _left_out(where: str, parameter: dict[str, Any]) -> Problem:
    place, name = parameter["in"], parameter["name"]
    if place == "path":
        reason = f"the path has no {{{name}}}; the parameter is left out"
        return Problem(where, reason, "Put it into the path, or remove it.", "warning")
    reason = f"a {place} without a name cannot be sent; the parameter is left out"
    return Problem(where, reason, "Give it a name, or remove it.", "warning")


def plain_name(template: str) -> str:
    """Return the name in a template such as ``{id:[0-9]+}``, ``{path*}`` or ``{+path}``."""
    return re.split(r"[:*]", template)[0].strip().lstrip("+")
