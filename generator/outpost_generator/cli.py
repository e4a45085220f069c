"""The ``outpost-generator`` command."""

import json
import tempfile
from pathlib import Path
from typing import NoReturn

import click
from attrs import asdict, evolve

from outpost_generator import __version__
from outpost_generator.config import Config, read_config
from outpost_generator.errors import GenerationFailed, Problem
from outpost_generator.pipeline import Output, generate
from outpost_generator.printing.provenance import shown
from outpost_generator.printing.user_templates import OURS, our_templates
from outpost_generator.progress import on_terminal
from outpost_generator.project import current_project
from outpost_generator.python.text import one_line
from outpost_generator.reading.load import load
from outpost_generator.reporting.messages import message
from outpost_generator.views.printed import VIEW_VERSION
from outpost_generator.writing.manifest import differences, write

#: The output differs from what the document gives (``--check``), or the run failed.
EXIT_FAILED = 1
#: ``--allow-partial``: what could be written was, and something was left out.
EXIT_PARTIAL = 3


#: Settings that lead somewhere, and are options too.
_FOLDERS = ("output", "templates")
#: What options take for a path.
_FILE = click.Path(path_type=Path, dir_okay=False)
_FOLDER = click.Path(path_type=Path, file_okay=False)
_FOLDER_THAT_IS_THERE = click.Path(path_type=Path, file_okay=False, exists=True)
_THERE = click.Path(path_type=Path, exists=True)


@click.group()
@click.version_option(__version__, prog_name="outpost-generator")
def main() -> None:
    """Generate typed Python clients from OpenAPI documents."""


@main.command("generate")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--output", type=_FOLDER, help="Folder that holds the package.")
@click.option("--package", "--name", "package", help="Import name of the package.")
@click.option("--config", "config_path", type=_FILE, help="Settings file.")
@click.option("--templates", type=_FOLDER, help="Folder of templates that replace ours by name.")
@click.option(
    "--check", is_flag=True, help="Write nothing; print what differs and fail if anything does."
)
@click.option(
    "--allow-partial", is_flag=True, help="Leave out what cannot be generated; exits with 3."
)
@click.option("--allow-http", is_flag=True, help="Let references lead to the network.")
@click.option(
    "--ref-root",
    type=_FOLDER_THAT_IS_THERE,
    help="Folder that references may lead into; the document's own if not given.",
)
@click.option("--report", type=_FILE, help="Write an account of the run as JSON.")
def generate_command(
    spec: Path,
    output: "Path | None",
    package: "str | None",
    config_path: "Path | None",
    templates: "Path | None",
    check: bool,
    allow_partial: bool,
    allow_http: bool,
    ref_root: "Path | None",
    report: "Path | None",
) -> None:
    """Generate a package from SPEC, an OpenAPI 3 document in JSON or YAML.

    Settings come from --config, or from the file `<spec stem>.generator.yaml` beside SPEC if that
    is in the project of the working folder.
    """
    try:
        options = Config(
            output=str(output) if output else None, templates=str(templates) if templates else None
        )
        config = _config(spec, config_path, options)
        folder = Path(config.output) if config.output else None
        name = package or config.package
        if folder is None or name is None:
            raise click.UsageError(
                "give --output and --package, or a settings file with `output` and `package`"
            )
        with on_terminal() as progress:
            progress("reading", 0, 0)
            source = load(spec, shown(spec), allow_http=allow_http, ref_root=ref_root)
            command = f"outpost-generator generate {shown(spec)}"
            result = generate(source, config, name, command, progress)
        if report is not None:
            report.write_text(_report(result), encoding="utf-8")
        for problem in result.problems:
            click.echo(message(problem, (result.source.root, result.document.root)), err=True)
        if result.errors and not allow_partial:
            left_out = "nothing was written. --allow-partial leaves these out."
            click.echo(f"{len(result.errors)} problems; {left_out}", err=True)
            raise SystemExit(EXIT_FAILED)
        if check:
            _check(folder, result)
        else:
            written, removed = write(folder, result.files, result.manifest)
            click.echo(
                f"{len(written)} files written, {len(removed)} removed, of {len(result.files) + 1}"
            )
        operations = result.account.totals()["operations"]
        click.echo(f"{operations['written']} of {operations['in_document']} operations")
        if result.errors:
            raise SystemExit(EXIT_PARTIAL)
    except GenerationFailed as failure:
        _fail(failure)


@main.command("diff")
@click.argument("old", type=_THERE)
@click.argument("new", type=_THERE)
@click.option(
    "--config",
    "config_path",
    type=_FILE,
    help="Settings file for documents; the one of this project beside each if not given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@click.option(
    "--fail-on-breaking", is_flag=True, help="Exit with 1 if anything breaks for callers."
)
def diff_command(
    old: Path, new: Path, config_path: "Path | None", as_json: bool, fail_on_breaking: bool
) -> None:
    """Tell what changes for users of the generated code between OLD and NEW.

    Each is a document, or a folder that was generated. Prints the version step to take and a
    changelog in markdown.
    """
    # Not above: the comparison is of no use to the other commands, and slow to load.
    from outpost_generator.reporting.api_diff import BREAKING, compare
    from outpost_generator.reporting.api_package import package_in
    from outpost_generator.reporting.changelog import changelog, version_step

    try:
        with tempfile.TemporaryDirectory(prefix="outpost-generator-") as scratch:
            given = {"old": old, "new": new}
            folders = {name: package_in(path) for name, path in given.items() if path.is_dir()}
            # Under one name, so that lines break alike and equal packages have equal text.
            package = next((each.name for each in folders.values()), "client_api")
            for name in given.keys() - folders.keys():
                source = load(given[name], shown(given[name]))
                result = generate(
                    source, _config(given[name], config_path, Config()), package, "diff"
                )
                if result.errors:
                    raise GenerationFailed(result.errors)
                write(Path(scratch) / name, result.files, result.manifest)
                folders[name] = package_in(Path(scratch) / name)
            changes = compare(folders["old"], folders["new"])
    except GenerationFailed as failure:
        _fail(failure)
    if as_json:
        content = {"step": version_step(changes), "changes": [asdict(each) for each in changes]}
        click.echo(json.dumps(content, indent=2))
    else:
        click.echo(changelog(changes), nl=False)
    if fail_on_breaking and any(change.kind == BREAKING for change in changes):
        raise SystemExit(EXIT_FAILED)


@main.command("templates")
@click.argument("name", required=False)
def templates_command(name: "str | None") -> None:
    """List our templates, below them what they may print; with NAME, print that template."""
    ours = our_templates()
    if name is None:
        click.echo(f"view_version: {VIEW_VERSION}")
        for variables in dict.fromkeys(ours.values()):
            names = [each for each in ours if ours[each] == variables]
            click.echo("\n".join(["", *names, f"    {variables}"]))
    elif name in ours:
        click.echo((OURS / name).read_text(encoding="utf-8"), nl=False)
    else:
        raise click.UsageError(f"no template {name!r}; there are {', '.join(ours)}")


def _config(spec: Path, config_path: "Path | None", options: Config) -> Config:
    """Return the settings; the folders of ``options``, of the command line, go before theirs.

    Raises:
        GenerationFailed: they cannot be used, or nobody has named them and they lead out of the
            project.
    """
    beside = spec.with_name(f"{spec.stem}.generator.yaml")
    if config_path is not None:
        return _with(options, read_config(config_path, shown(config_path)))
    if not beside.exists():
        return options
    project = current_project()
    if not project.has(beside):
        reason = f"these settings are not used: they are not of this project, {project.folder}"
        way_out = "If you trust who wrote them, name them with --config."
        click.echo(message(Problem(str(beside), reason, way_out, "warning")), err=True)
        return options
    click.echo(f"Settings: {one_line(str(beside))}", err=True)
    config = read_config(beside, shown(beside))
    problems = [
        Problem(
            f"{shown(beside)}#/{name}",
            f"{getattr(config, name)} leads out of the project, {project.folder}",
            f"Give --{name}, or name the settings with --config.",
        )
        for name in _FOLDERS
        if not getattr(options, name)
        and getattr(config, name)
        and not project.has(Path(getattr(config, name)))
    ]
    if problems:
        raise GenerationFailed(problems)
    return _with(options, config)


def _with(options: Config, config: Config) -> Config:
    """Return settings with the folders that options name."""
    return evolve(
        config,
        output=options.output or config.output,
        templates=options.templates or config.templates,
    )


def _check(folder: Path, result: Output) -> None:
    lines = differences(folder, result.files, result.manifest)
    if lines:
        click.echo("\n".join(lines))
        click.echo("The output is not what the document gives; generate it again.", err=True)
        raise SystemExit(EXIT_FAILED)


def _report(result: Output) -> str:
    content = {
        "totals": result.account.totals(),
        "operations": [asdict(each) for each in result.account.operations],
        "webhooks": [asdict(each) for each in result.account.webhooks],
        "schemas": [asdict(each) for each in result.account.schemas],
        "problems": [asdict(each) for each in result.problems],
        "changes": [
            {"pass": each.pass_name, "pointer": each.pointer, "what": each.what}
            for each in result.document.changes
        ],
    }
    return json.dumps(content, indent=2) + "\n"


def _fail(failure: GenerationFailed) -> NoReturn:
    for problem in failure.problems:
        click.echo(message(problem), err=True)
    raise SystemExit(EXIT_FAILED)
