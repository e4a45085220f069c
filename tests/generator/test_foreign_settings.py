"""Settings and templates that came with a document of somebody else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from outpost_generator.cli import main

SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "{0.__class__.__init__.__globals__}", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "getA", "summary": "Get it."}}},
}
COMMANDS = [
    "{{ cycler.__init__.__globals__.os.system('touch ran') }}",
    "{{ cycler | attr('__init__') }}",
    "{{ ([cycler] | map(attribute='__init__') | list)[0].__globals__ | literal }}",
    "{{ ''.__class__.__mro__ | literal }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(cycler) | literal }}",
    "{{ ('' + operation.summary + '{0.__init__.__globals__}').format(cycler) | literal }}",
    "{{ self.__init__.__globals__ | literal }}",
    "{% for each in range(10000000) %}{% endfor %}",
    "{% include '../secret.jinja' %}",
]


@pytest.fixture
def working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has a document of its own, as the working folder."""
    folder = tmp_path / "project"
    made(folder)
    (folder / "pyproject.toml").write_text("")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A folder of somebody else: a document, settings and a template that does as it likes."""
    folder = tmp_path / "foreign"
    made(folder, templates=str(folder / "templates"))
    templated(folder, COMMANDS[0])
    return folder


def made(folder: Path, **settings: str) -> None:
    """Make a folder with a document, and settings beside it."""
    folder.mkdir(parents=True)
    (folder / "api.yaml").write_text(yaml.safe_dump(SPEC))
    content = {"output": "out", "package": "from_settings", **settings}
    (folder / "api.generator.yaml").write_text(yaml.safe_dump(content))


def templated(folder: Path, line: str) -> None:
    """Put a template into the folder ``templates`` of a folder."""
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "secret.jinja").write_text("PASSWORD = 1\n")
    template = f"{{{{ operation.header }}}}\n# Theirs.\n{line}\n"
    (folder / "templates/operation.py.jinja").write_text(template)


def run(document: "Path | str", *more: str) -> Result:
    return CliRunner().invoke(main, ["generate", str(document), *more])


OPTIONS = ("--output", "out", "--package", "mine")


def test_settings_beside_a_foreign_document_are_not_used(working: Path, foreign: Path) -> None:
    """A document from elsewhere is read, and nothing that lies beside it; that is said."""
    done = run(foreign / "api.yaml", *OPTIONS)

    assert done.exit_code == 0, done.output
    assert f"warning: {foreign}/api.generator.yaml\n  these settings are not used" in done.output
    assert "name them with --config" in done.output
    assert "Theirs." not in (working / "out/mine/api/default/get_a.py").read_text()
    assert not (working / "ran").exists()


def test_a_comparison_does_not_use_them_either(working: Path, foreign: Path) -> None:
    """Both commands that read documents have one rule."""
    done = CliRunner().invoke(main, ["diff", "api.yaml", str(foreign / "api.yaml")])

    assert (done.exit_code, "these settings are not used" in done.output) == (0, True)
    assert not (working / "ran").exists()


def test_settings_of_ones_own_project_are_named_first(working: Path) -> None:
    """They are used without being asked for, so the first line says which they are."""
    done = run("api.yaml")

    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[0] == "Settings: api.generator.yaml"


def test_a_project_is_the_same_from_its_subfolders(
    working: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins at the folder with the `pyproject.toml`, wherever in it one works."""
    (working / "clients").mkdir()
    monkeypatch.chdir(working / "clients")

    done = run("../api.yaml")

    assert done.exit_code == 0, done.output
    assert (working / "clients/out/from_settings").is_dir()


@pytest.mark.parametrize("mark", [".git", None])
def test_a_checkout_in_the_project_is_somebody_elses(working: Path, mark: "str | None") -> None:
    """A folder with a `.git` of its own came from elsewhere; another one is part of the project."""
    made(working / "vendor/things")
    if mark is not None:
        (working / "vendor" / mark).mkdir()

    done = run("vendor/things/api.yaml", *OPTIONS)

    assert done.exit_code == 0, done.output
    assert ("these settings are not used" in done.output) == (mark is not None)


def test_what_lies_in_the_home_is_no_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Downloads lie there too, and many have a `.git` there for the settings of their programs."""
    made(tmp_path / "home/downloads/api")
    (tmp_path / "home/.git").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path / "home")

    done = run("downloads/api/api.yaml", *OPTIONS)

    assert "these settings are not used" in done.output


def test_settings_that_are_a_link_are_what_it_leads_to(working: Path, foreign: Path) -> None:
    """A link in the project to settings elsewhere does not make them one's own."""
    (working / "api.generator.yaml").unlink()
    (working / "api.generator.yaml").symlink_to(foreign / "api.generator.yaml")

    done = run("api.yaml", *OPTIONS)

    assert (done.exit_code, "these settings are not used" in done.output) == (0, True)
    assert not (working / "ran").exists()


def test_a_linked_folder_is_what_it_leads_to(working: Path, foreign: Path) -> None:
    """Nor does a link to the folder that they lie in."""
    (working / "linked").symlink_to(foreign)

    done = run("linked/api.yaml", *OPTIONS)

    assert (done.exit_code, "these settings are not used" in done.output) == (0, True)
    assert not (working / "ran").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="gives a folder away")
def test_a_mark_that_somebody_else_has_put_makes_no_project(working: Path, foreign: Path) -> None:
    """In a folder that all share, such as `/tmp`, anybody can put a `pyproject.toml`."""
    (working / "pyproject.toml").unlink()
    (working.parent / "pyproject.toml").write_text("")
    os.chown(working.parent, 65534, 65534)

    done = run(foreign / "api.yaml", *OPTIONS)

    assert "these settings are not used" in done.output


@pytest.mark.parametrize("setting", ["output", "templates"])
@pytest.mark.parametrize("path", ["{foreign}", "../foreign", "linked"])
def test_settings_do_not_lead_out_of_the_project(
    working: Path, foreign: Path, setting: str, path: str
) -> None:
    """Nobody has asked for these settings, so they neither read nor write anywhere else."""
    (working / "linked").symlink_to(foreign)
    content = {"output": "out", "package": "mine", setting: path.format(foreign=foreign)}
    (working / "api.generator.yaml").write_text(yaml.safe_dump(content))
    before = sorted(foreign.rglob("*"))

    done = run("api.yaml")

    assert done.exit_code == 1
    assert f"error: api.generator.yaml#/{setting}\n" in done.output
    assert f"leads out of the project, {working}\n  Give --{setting}" in done.output
    assert sorted(foreign.rglob("*")) == before


def test_what_the_command_line_names_leads_anywhere(working: Path, foreign: Path) -> None:
    """Settings and templates of others are used when one asks for them."""
    templated(foreign, "")
    named = ("--config", str(foreign / "api.generator.yaml"))

    done = run("api.yaml", *named)

    assert done.exit_code == 0, done.output
    written = (working / "out/from_settings/api/default/get_a.py").read_text()
    assert "# Theirs." in written


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("how", ["--config", "--templates", "settings"])
def test_a_template_runs_nothing_and_reads_nothing(
    working: Path, foreign: Path, line: str, how: str
) -> None:
    """Whoever has named it, it prints what it is given and does nothing else."""
    folder = working if how == "settings" else foreign
    templated(folder, line)
    made(working / "more", templates=str(folder / "templates"))
    arguments = {
        "--config": ("api.yaml", "--config", str(foreign / "api.generator.yaml")),
        "--templates": ("api.yaml", "--templates", str(foreign / "templates"), *OPTIONS),
        "settings": ("more/api.yaml",),
    }

    done = run(*arguments[how])

    assert done.exit_code == 1, done.output
    assert "error: operation.py.jinja" in done.output
    assert not (working / "out").exists()
    assert not (working / "ran").exists()


def test_links_among_templates_lead_to_templates(
    working: Path, foreign: Path, tmp_path: Path
) -> None:
    """A link to a file of the reader would print that file into the package."""
    (tmp_path / "key").write_text("# PRIVATE KEY\n")
    templated(foreign, "{% include 'key.jinja' %}")
    key = foreign / "templates/key.jinja"
    key.symlink_to(tmp_path / "key")
    refused = run("api.yaml", "--templates", str(foreign / "templates"), *OPTIONS)
    key.unlink()
    (working / "shared.jinja").write_text("# Shared.\n")
    key.symlink_to(working / "shared.jinja")
    shared = run("api.yaml", "--templates", str(foreign / "templates"), *OPTIONS)

    assert (refused.exit_code, shared.exit_code) == (1, 0), shared.output
    assert "error: key.jinja\n  is a link that leads out" in refused.output


@pytest.mark.parametrize(
    "text",
    ['"""\nimport ran\n', "x=open('ran','w')", "\u2028open('ran', 'w')", "q: int = open('ran')"],
)
def test_text_of_settings_does_not_become_code(working: Path, text: str) -> None:
    """It stands in comments, docstrings and names, and importing what was written runs none."""
    operation = {
        "operationId": "getA",
        "parameters": [{"name": "q", "in": "query", "schema": {"type": "integer"}}],
    }
    document = {**SPEC, "paths": {"/a": {"get": operation}}}
    (working / "api.yaml").write_text(yaml.safe_dump(document))
    settings = {"command": text, "title": text, "templates_path": text}
    settings |= {"arguments": {"getA": {"q": text}}, "output": ".", "package": "mine"}
    (working / "api.generator.yaml").write_text(yaml.safe_dump(settings))

    done = run("api.yaml")
    imported = subprocess.run([sys.executable, "-c", "import mine.api.default.get_a"], cwd=working)

    assert (done.exit_code, imported.returncode) == (0, 0), done.output
    assert not (working / "ran").exists()
