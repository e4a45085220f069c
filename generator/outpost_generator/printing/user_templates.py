"""Templates of users, which replace ours by name.

They decide what code is written, and do nothing else: they are printed in Jinja's sandbox, whoever
wrote them, and read no file but templates.
"""

import difflib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
import jinja2.sandbox
from attrs import frozen

from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.project import Project, current_project
from outpost_generator.python.document_text import Text, Unfiltered, plain
from outpost_generator.python.text import comment, docstring, docstring_text, literal
from outpost_generator.reading.load import parse
from outpost_generator.views.printed import CHANGES, VIEW_VERSION

OURS = Path(__file__).parents[1] / "templates"
#: May stand in a user's folder: `view_version: 1`, the version of the views it is written for.
DECLARATION = "views.yaml"

#: What a template may raise when it does not fit what it is to print.
_FAILURES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
#: What makes Python of values.
FILTERS = (literal, docstring, docstring_text, comment)
#: What each template may print, besides `package`; the classes are in `views.printed`.
_PACKAGE = (
    "header, title, request_id_header, base_url, security_schemes: list of SecuritySchemeView, "
    "operations: list of OperationView, servers: list of DocumentServerView"
)
_VARIABLES = {
    "api_init.py.jinja": "header",
    "model.py.jinja": "module: ModelModuleView",
    "models_init.py.jinja": "header, models: list of {name, module}",
    "operation.py.jinja": "operation: OperationView",
    "tag_init.py.jinja": "tag: TagView",
    "package/webhooks.py.jinja": "header, events: list of EventView, event_imports",
}


def our_templates() -> dict[str, str]:
    """Return what each of our templates may print, by its name."""
    names = sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.jinja"))
    return {
        name: _VARIABLES.get(name)
        or (_PACKAGE if name.startswith("package/") else "macros that other templates import")
        for name in names
    }


def _code(printed: object) -> object:
    """Return what a template prints, which must be code: text would become code of others."""
    if type(printed) is not str and not isinstance(printed, int | jinja2.Undefined):
        raise Unfiltered(printed)
    return printed


def _reason(problem: Exception) -> str:
    """Return why a template cannot be printed."""
    if not isinstance(problem, Unfiltered):
        return f"cannot be printed: {problem}"
    value = problem.args[0]
    shown = plain(value) if isinstance(value, Text) else str(value)
    names = ", ".join(each.__name__ for each in FILTERS)
    return (
        f"{shown[:80]!r} is a value; print it through one of the filters {names} "
        f"(since view_version 2: {CHANGES[2]})"
    )


@frozen
class Printed:
    """A file as its template printed it."""

    template: str
    text: str


@frozen
class Templates:
    """Where templates are found: in the folder of the user, then in ours.

    ``on_print`` is called for every file that is printed.
    """

    folder: "Path | None" = None
    replaced: frozenset[str] = frozenset()
    on_print: Callable[[], None] = lambda: None

    def environment(self) -> jinja2.Environment:
        """Return what renders them."""
        folders = [self.folder, OURS] if self.folder is not None else [OURS]
        kind = jinja2.Environment if self.folder is None else jinja2.sandbox.SandboxedEnvironment
        environment = kind(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=False,  # the output is Python, not HTML; the filters make it Python
            finalize=_code,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters.update({each.__name__: each for each in FILTERS})
        return environment

    def printed(self, environment: jinja2.Environment, name: str, **views: Any) -> Printed:
        """Return what a template prints.

        Raises:
            GenerationFailed: it cannot; with the template, the line and the reason.
        """
        self.on_print()
        try:
            return Printed(name, environment.get_template(name).render(**views))
        except jinja2.TemplateSyntaxError as problem:
            place = f"{problem.name or name}:{problem.lineno}"
            reason = f"is not a template: {problem.message}"
        except _FAILURES as problem:
            place, reason = self._place(problem) or name, _reason(problem)
        way_out = f"Correct the template; it may print {our_templates().get(name, 'what it gets')}."
        raise GenerationFailed([Problem(place, reason, way_out)])

    def _place(self, problem: Exception) -> str:
        """Return the template and the line where printing stopped."""
        for frame in reversed(traceback.extract_tb(problem.__traceback__)):
            for folder in (self.folder, OURS):
                if folder is not None and Path(frame.filename).is_relative_to(folder):
                    return f"{Path(frame.filename).relative_to(folder).as_posix()}:{frame.lineno}"
        return ""


def user_templates(folder: "str | None") -> Templates:
    """Return the templates of a run.

    Raises:
        GenerationFailed: the folder does not exist, is written for other views, or holds a link out
            of it and of the project, or a file that neither replaces a template of ours, nor is
            used by one that does, nor is Markdown.
    """
    if folder is None:
        return Templates()
    path = Path(folder)
    if not path.is_dir():
        way_out = "Correct --templates, or `templates` in the settings."
        raise GenerationFailed([Problem(folder, "there is no such folder of templates", way_out)])
    problems = _links_out(path)
    if problems:
        raise GenerationFailed(problems)  # before anything is read
    problems = _version_problems(path)
    found = sorted(each for each in _files(path) if each != DECLARATION)
    ours = our_templates()
    used = _used(path, found)
    for name in found:
        if name not in ours and name not in used:
            close = difflib.get_close_matches(name, [*ours, DECLARATION], n=1)
            meant = f"Did you mean {close[0]}? " if close else ""
            way_out = f"{meant}Templates are: {', '.join(ours)}."
            problems.append(Problem(name, "replaces no template of ours", way_out))
    if problems:
        raise GenerationFailed(problems)
    return Templates(path, frozenset(name for name in found if name in ours))


def _files(folder: Path) -> list[str]:
    """Return the files that are there for us: neither hidden, nor notes in Markdown."""
    paths = [each.relative_to(folder) for each in folder.rglob("*") if each.is_file()]
    hidden = [each for each in paths if any(part.startswith(".") for part in each.parts)]
    return [each.as_posix() for each in paths if each not in hidden and each.suffix != ".md"]


def _links_out(folder: Path) -> list[Problem]:
    """Return a problem for each link that would print a file of somebody else."""
    places = (Project(folder.resolve()), current_project())
    return [
        Problem(
            each.relative_to(folder).as_posix(),
            "is a link that leads out of the folder of templates, and out of the project",
            "Copy the file into the folder.",
        )
        for each in sorted(folder.rglob("*"))
        if each.is_symlink() and not any(place.has(each) for place in places)
    ]


def _used(folder: Path, names: list[str]) -> set[str]:
    """Return the templates that those of the user import or include."""
    environment = jinja2.Environment()
    used: set[str] = set()
    for name in names:
        try:
            tree = environment.parse((folder / name).read_text(encoding="utf-8"))
        except (jinja2.TemplateSyntaxError, OSError, ValueError):
            continue  # named when it is printed
        used.update(each for each in jinja2.meta.find_referenced_templates(tree) if each)
    return used


def _version_problems(folder: Path) -> list[Problem]:
    declaration = folder / DECLARATION
    if not declaration.is_file():
        return []
    content = parse(declaration.read_bytes(), DECLARATION, is_json=False)
    keys = list(content) if isinstance(content, dict) else []
    if keys != ["view_version"]:
        wrong = [f"{key!r} is no key of it" for key in keys if key != "view_version"]
        reason = ", ".join(wrong) or "it has no key 'view_version'"
        return [Problem(DECLARATION, reason, f"Write one line: `view_version: {VIEW_VERSION}`.")]
    version = content["view_version"]
    if version == VIEW_VERSION:
        return []
    reason = f"the templates are written for views {version!r}; this generator has {VIEW_VERSION}"
    since = version if isinstance(version, int) else 0
    news = [f"Since {number}, {what}." for number, what in CHANGES.items() if number > since]
    way_out = (
        f"{' '.join(news)} Compare them with ours (`outpost-generator templates NAME` prints one), "
        f"then write `view_version: {VIEW_VERSION}`."
    )
    return [Problem(DECLARATION, reason, way_out)]
