"""Templates of users, which replace ours by name, and the views they print."""

import inspect
import json
import re
from pathlib import Path

import attrs
import pytest
import yaml
from click.testing import CliRunner, Result

from outpost_generator.cli import main
from outpost_generator.views.printed import VIEW_VERSION, models, operations, package

SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "Example", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "getA", "responses": {"200": {"description": "A."}}}}},
}
VIEWS = [
    value
    for module in (models, operations, package)
    for value in vars(module).values()
    if inspect.isclass(value) and attrs.has(value)
]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document and an empty folder of templates, as the working folder."""
    (tmp_path / "api.yaml").write_text(yaml.safe_dump(SPEC))
    (tmp_path / "mine/package").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run() -> Result:
    options = ["--output", "out", "--package", "example_api", "--templates", "mine"]
    return CliRunner().invoke(main, ["generate", "api.yaml", *options])


def test_a_template_of_the_same_name_replaces_ours(project: Path) -> None:
    """It gets the same views; the header names the folder it lies in."""
    template = "{{ operation.header }}\nOPERATION = {{ operation.id | literal }}\n"
    (project / "mine/operation.py.jinja").write_text(template)

    done = run()

    assert done.exit_code == 0, done.output
    written = (project / "out/example_api/api/default/get_a.py").read_text()
    assert 'OPERATION = "getA"' in written
    assert "# mine/operation.py.jinja. Do not edit." in written


def test_a_template_may_bring_its_own_macros_and_use_ours(project: Path) -> None:
    """What a user's template imports may have any name; our macros are there as well."""
    (project / "mine/words.jinja").write_text("{% macro motto() %}Fast.{% endmacro %}\n")
    template = (
        '{% from "words.jinja" import motto %}{% from "_signature.jinja" import signature %}\n'
        '{{ header }}\n"""{{ motto() }}"""\n'
    )
    (project / "mine/api_init.py.jinja").write_text(template)

    done = run()

    assert done.exit_code == 0, done.output
    assert '"""Fast."""' in (project / "out/example_api/api/__init__.py").read_text()


def test_a_name_that_replaces_nothing_is_refused(project: Path) -> None:
    """Every such name is listed, with the names that there are and the one that is close."""
    for name in ("operations.py.jinja", "package/clientt.py.jinja"):
        (project / "mine" / name).write_text("")

    done = run()

    assert done.exit_code == 1
    assert "operations.py.jinja" in done.output
    assert "Did you mean package/client.py.jinja?" in done.output
    assert "models_init.py.jinja" in done.output
    assert not (project / "out").exists()


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% if %}", "tag_init.py.jinja:1"),
        ("{{ tag.nothing }}", "has no attribute 'nothing'"),
        ("{{ operation }}", "'operation' is undefined"),
        ("{{ tag.docstring }}", "is a value; print it through one of the filters"),
        ("{{ tag.modules }}", "is a value; print it through one of the filters"),
        ("{{ 1 // 0 }}", "tag_init.py.jinja:1\n  cannot be printed: integer division"),
        ("{{ tag.docstring | wordwrap }}", "tag_init.py.jinja:1\n  cannot be printed: "),
    ],
)
def test_a_template_that_fails_is_named(project: Path, template: str, reason: str) -> None:
    """The message says where and why, without a traceback, and nothing is written."""
    (project / "mine/tag_init.py.jinja").write_text(template)

    done = run()

    assert (done.exit_code, reason in done.output) == (1, True), done.output
    assert not (project / "out").exists()


PRINTED = [
    '{{ "# " ~ operation.summary }}',
    '{{ "# " + operation.summary }}',
    '{{ "# %s" % operation.summary }}',
    '{{ "# {}".format(operation.summary) }}',
    '{{ "# %s" | format(operation.summary) }}',
    *(f"# {{{{ operation.summary | {name} }}}}" for name in ("upper", "trim", "string", "indent")),
    *(f"# {{{{ operation.summary | {name} }}}}" for name in ("title", "replace('a', 'b')", "e")),
    '# {{ operation.summary or "" }}',
    "# {{ operation.summary[:20] }}",
    "# {{ operation.summary.upper() }}",
    "# {{ operation.summary.split()[0] }}",
    "# {{ operation.summary | first }}",
    '# {{ operation.statuses | join(", ") }}',
    '# {{ operation.answers | map(attribute="status") | join(", ") }}',
    "{% for each in operation.summary %}# {{ each }}{% endfor %}",
    "{% set note %}# {{ operation.summary }}{% endset %}{{ note }}",
]


@pytest.mark.parametrize("line", PRINTED)
def test_text_is_refused_however_it_is_printed(project: Path, line: str) -> None:
    """Only a filter of ours makes code of it; the message names the template and that way out."""
    (project / "mine/operation.py.jinja").write_text(f"{{{{ operation.header }}}}\n{line}\n")

    done = run()

    assert done.exit_code == 1, done.output
    assert re.search(r"^error: operation\.py\.jinja(:2)?$", done.output, re.MULTILINE)
    assert "print it through one of the filters literal, docstring, docstring_text, comment" in (
        done.output
    )


def test_what_is_made_of_text_goes_through_the_filters(project: Path) -> None:
    """Text may be asked, cut and put together before a filter prints it."""
    template = """{{ operation.header }}
{% if operation.method == "GET" and operation.path.startswith("/") and "a" in operation.path %}
{{ operation.summary[:4].upper() | comment }}
ROUTE = {{ (operation.method + " " + operation.path) | literal }}
STATUSES = {{ operation.statuses | sort | list | literal }}
{% endif %}
"""
    (project / "mine/operation.py.jinja").write_text(template)

    done = run()

    assert done.exit_code == 0, done.output
    written = (project / "out/example_api/api/default/get_a.py").read_text()
    assert written.splitlines()[3:] == ["# GETA", 'ROUTE = "GET /a"', 'STATUSES = ["200"]']


def test_what_is_not_python_is_shown(project: Path) -> None:
    """The template, the first line that is wrong and its text: no folder that is gone by then."""
    (project / "mine/operation.py.jinja").write_text("a = 1\nthe first line\nthe second\n")

    done = run()

    assert done.exit_code == 1
    shown = "line 2 of api/default/get_a.py, 'the first line': "
    assert f"error: operation.py.jinja\n  writes what is not Python: {shown}" in done.output
    assert "outpost-generator-" not in done.output
    assert "the second" not in done.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [("view_versoin: 2\n", "'view_versoin' is no key of it"), ("", "it has no key 'view_version'")],
)
def test_a_misspelt_declaration_is_named(project: Path, content: str, reason: str) -> None:
    """The key that is wrong, and what to write."""
    (project / "mine/views.yaml").write_text(content)

    done = run()

    assert done.exit_code == 1
    assert reason in done.output
    assert f"Write one line: `view_version: {VIEW_VERSION}`." in done.output


@pytest.mark.parametrize(
    ("name", "meant"), [("operation.py", "operation.py.jinja"), ("views.yml", "views.yaml")]
)
def test_a_file_that_is_no_template_is_refused(project: Path, name: str, meant: str) -> None:
    """It would have no effect; notes and hidden files may be there."""
    for other in ("README.md", ".DS_Store"):
        (project / "mine" / other).write_text("")
    accepted = run()
    (project / "mine" / name).write_text("")
    refused = run()

    assert (accepted.exit_code, refused.exit_code) == (0, 1)
    assert f"error: {name}\n  replaces no template of ours\n  Did you mean {meant}?" in (
        refused.output
    )


def test_templates_for_other_views_are_refused(project: Path) -> None:
    """A folder may say which views it is written for; the manifest says which there are."""
    declaration = project / "mine/views.yaml"
    declaration.write_text("view_version: 1\n")
    refused = run()
    declaration.write_text(f"view_version: {VIEW_VERSION}\n")
    accepted = run()

    assert (refused.exit_code, accepted.exit_code) == (1, 0)
    assert f"this generator has {VIEW_VERSION}" in refused.output
    assert "Since 2, text is a value, printed through a filter" in refused.output
    manifest = json.loads((project / "out/MANIFEST.json").read_text())
    assert manifest["view_version"] == VIEW_VERSION


def test_a_folder_that_does_not_exist_is_named(project: Path) -> None:
    """A misspelt folder is not taken for one without templates."""
    (project / "mine/package").rmdir()
    (project / "mine").rmdir()

    assert "there is no such folder of templates" in run().output


def test_our_templates_can_be_listed_and_printed() -> None:
    """A user starts from a copy of ours, and sees what it may print."""
    listed = CliRunner().invoke(main, ["templates"]).output
    printed = CliRunner().invoke(main, ["templates", "tag_init.py.jinja"]).output

    assert "operation.py.jinja\n    operation: OperationView" in listed
    assert listed.startswith(f"view_version: {VIEW_VERSION}\n")
    assert listed.count("security_schemes: list of SecuritySchemeView") == 1
    assert printed.startswith("{{ tag.header }}")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_every_field_of_a_view_is_described(view: type) -> None:
    """Those who write templates find each field in the docstring of its class."""
    described = inspect.getdoc(view) or ""

    assert [name for name in attrs.fields_dict(view) if f"    {name}: " not in described] == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
def test_text_of_the_document_is_never_printed_as_code(view: type) -> None:
    """Every field that is described as text is refused by templates that print it as it is."""
    described = inspect.getdoc(view) or ""
    marked = {each.name for each in attrs.fields(view) if each.converter is not None}

    assert marked == set(re.findall(r"^    (\w+): .*\btext\b", described, re.MULTILINE))


def test_every_header_names_its_own_template(project: Path) -> None:
    """Who wants to change a file finds what it was printed by."""
    run()

    written = (project / "out/example_api/api/default/__init__.py").read_text()
    assert "outpost_generator/templates/tag_init.py.jinja. Do not edit." in written
