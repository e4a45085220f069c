"""What the generator says while it runs, and when a document cannot be read."""

import io
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from outpost_generator import progress
from outpost_generator.cli import main
from outpost_generator.reporting.messages import excerpt

SETTINGS = """
pagination: {listThing: {style: link}}
overrides: {"#/paths/~1things/post": {deprecated: true}}
"""
SPEC = """
openapi: 3.1.0
info: {title: Example}
paths:
  /things:
    get:
      operationId: listThings
      parameters: [{$ref: "#/components/parameters/Limit"}]
      responses: {"200": {$ref: "#/components/responses/Things"}}
components:
  schemas:
    Thing: {properties: {owner: {$ref: "#/components/schemas/Owner"}}}
"""


class Terminal(io.StringIO):
    """A terminal that remembers what was shown."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "api.yaml").write_text(SPEC)
    (tmp_path / "api.generator.yaml").write_text(SETTINGS)
    return tmp_path


def run() -> Result:
    return CliRunner().invoke(
        main, ["generate", "api.yaml", "--output", "out", "--package", "example_api"]
    )


def test_every_problem_is_told_at_once(project: Path) -> None:
    """Those of settings, of references and of schemas, each with place, reason and way out."""
    done = run()

    problems = done.output.split("error: ")[1:]
    assert [problem.splitlines()[0] for problem in problems][:5] == [
        "settings#/pagination/listThing",
        "#/paths/~1things/post",
        "#/paths/~1things/get/parameters/0",
        "#/paths/~1things/get/responses/200",
        "#/components/schemas/Thing/properties/owner",
    ]
    assert "Did you mean listThings?" in problems[0]
    assert "it has get" in problems[1]
    assert all(len(problem.splitlines()) >= 3 for problem in problems)


def test_a_problem_shows_what_stands_there(project: Path) -> None:
    """An excerpt saves the search in a long document."""
    assert '\n  | {"$ref": "#/components/schemas/Owner"}\n' in run().output


def test_an_excerpt_is_short() -> None:
    """However large the part, one line of it is shown; a pointer to nothing shows nothing."""
    root = {"a": {"b": ["\u202e" * 1000] * 1000}}

    assert excerpt(root, "#/a/b") == '["' + "\\u202e" * 26 + "\\u ..."
    assert excerpt(root, "#/a/c") is None
    assert excerpt(root, "api.yaml") is None


def test_duplicate_keys_are_all_named(project: Path) -> None:
    """Not the first only."""
    (project / "api.yaml").write_text("openapi: 3.1.0\na: 1\nb: 2\na: 3\nb: 4\n")

    assert "duplicate key 'a' (line 4), 'b' (line 5)" in run().output


def test_progress_is_shown_on_a_terminal_and_wiped(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long run says what it does; at the end nothing of that is left on the line."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "_AFTER_S", 0)
    monkeypatch.setattr(progress, "_EVERY_S", 0)
    with progress.on_terminal() as show:
        show("reading", 0, 0)
        show("printing files", 1, 1200)

    assert terminal.getvalue().startswith("\rreading\rprinting files 1 of 1,200")
    assert terminal.getvalue().endswith("\r" + " " * len("printing files 1 of 1,200") + "\r")


def test_a_short_run_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing flickers."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    stopped = time.monotonic()
    monkeypatch.setattr(progress.time, "monotonic", lambda: stopped)
    with progress.on_terminal() as show:
        show("reading", 0, 0)

    assert terminal.getvalue() == ""


def test_progress_is_not_written_to_files(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stderr is no terminal, there is nothing but problems and results."""
    monkeypatch.setattr(progress, "_AFTER_S", 0)
    document = {"openapi": "3.1.0", "paths": {"/a": {"get": {"operationId": "listThing"}}}}
    (project / "api.yaml").write_text(yaml.safe_dump(document))
    (project / "api.generator.yaml").write_text("")

    assert run().output.splitlines()[-1] == "1 of 1 operations"
    assert "reading" not in run().output
