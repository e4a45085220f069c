"""load, normalise, parse, view, render, format."""

import itertools
import re
from collections.abc import Mapping
from pathlib import Path

from attrs import evolve, frozen

from outpost_generator import __version__
from outpost_generator.config import Config, unused_settings
from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.passes import normalise
from outpost_generator.printing.format import formatted
from outpost_generator.printing.provenance import Provenance, shown
from outpost_generator.printing.render import RUNTIME, render
from outpost_generator.printing.user_templates import user_templates
from outpost_generator.progress import Progress, silent
from outpost_generator.reading.document import Document, operations
from outpost_generator.reading.load import Source
from outpost_generator.reading.overrides import override
from outpost_generator.reading.shapes import shaped
from outpost_generator.reporting.account import Account, account
from outpost_generator.schemas.models import Models
from outpost_generator.schemas.parse import parse
from outpost_generator.views.events import event_views
from outpost_generator.views.operations import Operations
from outpost_generator.writing.manifest import manifest_text


@frozen
class Output:
    """What a run would write, by path in the output folder, and what became of the document."""

    files: Mapping[str, str]
    manifest: str
    source: Document
    document: Document
    account: Account
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        """The problems because of which a part is left out."""
        return [problem for problem in self.problems if problem.level == "error"]


def generate(
    source: Source, config: Config, package: str, command: str, progress: Progress = silent
) -> Output:
    """Return the complete package for a document. Writes nothing.

    Raises:
        GenerationFailed: the package name is not one, or a template cannot be used or writes what
            is not Python.
    """
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", package):
        reason = f"{package!r} is not the name of a package"
        raise GenerationFailed(
            [Problem("--package", reason, "Use lower-case letters, digits and underscores.")]
        )
    templates = user_templates(config.templates)
    given = shaped(override(source.document, config.overrides))
    document = normalise(given, progress)
    progress("finding types", 0, 0)
    types = parse(document, config)
    models = Models(document, types, config, package)
    provenance = Provenance(
        document=source.name,
        templates=config.templates_path,
        command=config.command or command,
        user_templates=shown(Path(config.templates)) if config.templates else "",
        replaced=templates.replaced,
    )
    progress("describing operations", 0, 0)
    found = Operations(models, provenance.headers("operation.py.jinja")).build()
    events = event_views(models)
    accounted = account(given, models, found.by_pointer, events)
    identifiers = [str(each["operationId"]) for _, _, each in operations(document.root)]
    unused = unused_settings(config, identifiers)
    problems = (*unused, *document.problems, *types.problems, *found.problems)
    total = len(RUNTIME) + len(models.groups) + len(found.views)
    counter = itertools.count(1)
    templates = evolve(templates, on_print=lambda: progress("printing files", next(counter), total))
    printed = render(models, found, events, provenance, templates)
    progress("formatting", 0, 0)
    texts = formatted(printed, package)
    files = {f"{package}/{path}": text for path, text in texts.items()}
    return Output(
        files=files,
        manifest=manifest_text(files, package, source.name, source.digest, __version__),
        source=given,
        document=document,
        account=accounted,
        problems=(*problems, *accounted.problems),
    )
