"""The ``outpost-generator`` command as a user runs it."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from outpost_generator import __version__
from outpost_generator.cli import main

SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "Example", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "getA"}}, "/b": {"get": {"operationId": "getB"}}},
    "components": {"schemas": {"Thing": {"properties": {"x": {"type": "integer"}}}}},
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a document and its settings beside it, as the working folder."""
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(SPEC))
    (tmp_path / "api.generator.yaml").write_text("output: out\npackage: example_api\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["generate", *arguments])


def test_settings_beside_the_document_are_enough(project: Path) -> None:
    """Without options, output and package come from `<document>.generator.yaml`."""
    done = run("api.yaml")

    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "2 of 2 operations")
    assert (project / "out/example_api/api/default/get_a.py").exists()


def test_a_second_run_writes_nothing(project: Path) -> None:
    """Equal input gives equal output, and files that do not change are not touched."""
    run("api.yaml")

    assert run("api.yaml").stdout.startswith("0 files written, 0 removed")


def test_check_prints_the_difference_and_fails(project: Path) -> None:
    """After one edited character, --check shows the line, writes nothing and exits with 1."""
    run("api.yaml")
    edited = project / "out/example_api/models/thing.py"
    edited.write_text(edited.read_text().replace("x: Union", "y: Union"))

    done = run("api.yaml", "--check")

    assert done.exit_code == 1
    assert "-    y: Union[Unset, int] = UNSET" in done.output
    assert "+    x: Union[Unset, int] = UNSET" in done.output
    assert "y: Union" in edited.read_text()


def test_check_is_silent_when_nothing_differs(project: Path) -> None:
    """--check passes right after a run."""
    run("api.yaml")

    assert run("api.yaml", "--check").exit_code == 0


def test_files_of_removed_schemas_are_removed(project: Path) -> None:
    """What the document no longer has is gone after the next run; other people's files stay."""
    run("api.yaml")
    (project / "out/example_api/mine.py").write_text("# mine\n")
    (project / "api.yaml").write_text(yaml.safe_dump({**SPEC, "components": {}}))

    run("api.yaml")

    assert not (project / "out/example_api/models/thing.py").exists()
    assert (project / "out/example_api/mine.py").read_text() == "# mine\n"


def test_a_hand_written_file_is_never_overwritten(project: Path) -> None:
    """A file that the generator did not write stops the run before anything is written."""
    (project / "out/example_api").mkdir(parents=True)
    (project / "out/example_api/client.py").write_text("# mine\n")

    done = run("api.yaml")

    assert done.exit_code == 1
    assert "example_api/client.py" in done.output
    assert [path.name for path in (project / "out/example_api").iterdir()] == ["client.py"]


def test_a_symbolic_link_in_the_output_is_not_followed(project: Path, tmp_path: Path) -> None:
    """Nothing is written outside the output folder through a link in it."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / "out").mkdir()
    (project / "out/example_api").symlink_to(elsewhere)

    assert run("api.yaml").exit_code == 1
    assert list(elsewhere.iterdir()) == []


def test_every_problem_is_named_and_nothing_is_written(project: Path) -> None:
    """All problems come at once, each with pointer, reason and way out."""
    operation = {"responses": {"200": {"$ref": "#/nowhere"}, "404": {"$ref": "#/neither"}}}
    (project / "api.yaml").write_text(yaml.safe_dump({**SPEC, "paths": {"/a": {"get": operation}}}))

    done = run("api.yaml")

    assert done.exit_code == 1
    assert "#/paths/~1a/get/responses/200" in done.output
    assert "#/paths/~1a/get/responses/404" in done.output
    assert not (project / "out").exists()


def test_allow_partial_writes_the_rest_and_says_so(project: Path) -> None:
    """With --allow-partial the rest is written, the exit code is 3, the report lists the loss."""
    paths = {**SPEC["paths"], "/c": {"$ref": "#/nowhere"}}  # type: ignore[dict-item]  # a literal of mixed values
    (project / "api.yaml").write_text(yaml.safe_dump({**SPEC, "paths": paths}))

    done = run("api.yaml", "--allow-partial", "--report", "report.json")

    assert done.exit_code == 3
    assert (project / "out/example_api/api/default/get_a.py").exists()
    report = json.loads((project / "report.json").read_text())
    assert [problem["pointer"] for problem in report["problems"]] == ["#/paths/~1c"]


def test_the_report_accounts_for_every_operation(project: Path) -> None:
    """The report names each operation with its module, parameters, bodies and responses."""
    run("api.yaml", "--report", "report.json")

    report = json.loads((project / "report.json").read_text())
    assert [entry["id"] for entry in report["operations"]] == ["getA", "getB"]
    assert report["operations"][0]["module"] == "example_api.api.default.get_a"


def test_a_webhook_that_describes_nothing_is_named(project: Path) -> None:
    """A webhook without a request gives a warning with its pointer, and nothing else is lost."""
    (project / "api.yaml").write_text(yaml.safe_dump({**SPEC, "webhooks": {"done": {}}}))

    done = run("api.yaml")

    assert (done.exit_code, "warning: #/webhooks/done" in done.output) == (0, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("swagger: '2.0'", "Swagger 2.0 is not read"),
        ("{", "not valid YAML"),
        ("[]", "holds no object"),
        ("{openapi: 3.1.0, paths: {}, paths: {}}", "duplicate key 'paths'"),
        ("info: {}", "not an OpenAPI 3 document"),
    ],
)
def test_a_file_that_is_no_document_is_refused(project: Path, content: str, reason: str) -> None:
    """The message says what is wrong, without a traceback."""
    (project / "api.yaml").write_text(content)

    done = run("api.yaml")

    assert done.exit_code == 1
    assert reason in done.output


def test_an_unknown_setting_is_refused(project: Path) -> None:
    """A misspelt setting is named together with those that exist."""
    (project / "api.generator.yaml").write_text("output: out\npackege: x\n")

    done = run("api.yaml")

    assert done.exit_code == 1
    assert "api.generator.yaml#/packege" in done.output


def test_every_file_says_where_it_comes_from(project: Path) -> None:
    """Each generated file begins with its place in the document, its template and the command."""
    run("api.yaml")

    head = (project / "out/example_api/api/default/get_a.py").read_text().splitlines()[:3]
    assert head == [
        "# Generated from api.yaml#/paths/~1a/get by",
        "# outpost_generator/templates/operation.py.jinja. Do not edit.",
        "# To change it: edit either of those, then run `outpost-generator generate api.yaml`.",
    ]


def test_a_user_template_replaces_ours(project: Path) -> None:
    """A template of the same name in the user's folder goes before ours."""
    (project / "mine").mkdir()
    (project / "mine/api_init.py.jinja").write_text('{{ header }}\n"""My own words."""\n')
    with (project / "api.generator.yaml").open("a") as settings:
        settings.write("templates: mine\n")

    run("api.yaml")

    assert "My own words." in (project / "out/example_api/api/__init__.py").read_text()


def test_the_version_is_printed() -> None:
    """Who reports a problem can say which generator it is."""
    printed = CliRunner().invoke(main, ["--version"]).output

    assert printed == f"outpost-generator, version {__version__}\n"
