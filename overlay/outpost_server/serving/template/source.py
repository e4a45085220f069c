"""What can be told from the source of a prediction template before any of it runs."""

from __future__ import annotations

import keyword
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from outpost_server.containers.catalogue import container_names, find_container
from outpost_server.engines.engine import Declarations
from outpost_server.engines.requirements import RequirementRefused, read_requirement

MAX_NAME_CHARS = 64
# Importable in every replica.
RESERVED = frozenset({"outpost_template", "outpost_server", "outpost_runtime", "outpostkit"})
# As browsers write them: in small letters, without a path.
ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9._\[\]:-]+")


class TemplateRefused(Exception):
    """The template cannot be deployed; ``detail`` is a traceback where there is one."""

    def __init__(self, reason: str, detail: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def module_file_name(said: str | None) -> str:
    """Return the name that a template file has on this machine: that of its author if it is safe.

    It is the name of its module too: one that cannot be a module's, or would stand in the way of
    Python's own modules, becomes ``template.py``.
    """
    stem, _, suffix = (said or "").rpartition(".")
    is_safe = stem.isascii() and stem.isidentifier() and len(stem) <= MAX_NAME_CHARS
    is_taken = keyword.iskeyword(stem) or stem in sys.stdlib_module_names or stem in RESERVED
    return f"{stem}.py" if suffix == "py" and is_safe and not is_taken else "template.py"


def declarations(values: Mapping[str, Any]) -> Declarations:
    """Return what a template declares, from the ``values`` of its source.

    Raises:
        TemplateRefused: a declaration is none that can be understood; the reason names it.
    """
    known = {name: value for name, value in values.items() if name in DECLARATIONS}
    return Declarations(**{name: DECLARATIONS[name](name, value) for name, value in known.items()})


def _strings(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _refused_form(name, "a list of strings")
    return tuple(value)


def _requirements(name: str, value: Any) -> tuple[str, ...]:
    requirements = _strings(name, value)
    for text in requirements:
        try:
            read_requirement(text)
        except RequirementRefused as refused:
            raise TemplateRefused(str(refused)) from None
    return requirements


def _container(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _refused_form(name, "a string")
    if find_container(value) is None:
        choices = ", ".join(container_names())
        raise TemplateRefused(f"{name}: there is no container {value!r}; choose one of {choices}.")
    return value


def _concurrency(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _refused_form(name, "a whole number from 1 on")
    return value


def _seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= 86400:
        raise _refused_form(name, "a number of seconds from 1 to 86400")
    return float(value)


def _origins(name: str, value: Any) -> tuple[str, ...]:
    origins = _strings(name, value)
    for origin in origins:
        if origin != "*" and not ORIGIN.fullmatch(origin):
            raise TemplateRefused(
                f"{name}: {origin!r} is no origin. Write scheme and host as browsers do, such as "
                "'https://app.example' or 'http://localhost:3000', without a path, or '*' for any."
            )
    return origins


def _refused_form(name: str, form: str) -> TemplateRefused:
    return TemplateRefused(
        f"{name} must be written as {form}, because it is read before the file runs."
    )


#: The names that a template may declare, each a field of :class:`Declarations`, and what makes its
#: value of what is written.
DECLARATIONS: dict[str, Callable[[str, Any], Any]] = {
    "python_requirements": _requirements,
    "system_dependencies": _strings,
    "container": _container,
    "concurrency": _concurrency,
    "cors": _origins,
    "liveness_timeout": _seconds,
}
