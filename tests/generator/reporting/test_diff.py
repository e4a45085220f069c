"""What users of a generated package are told when it is generated anew."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from outpost_generator.cli import main
from outpost_generator.reporting.api_diff import Change, compare
from outpost_generator.reporting.changelog import changelog, version_step

PATHS = """
    /things:
      get:
        operationId: listThings
        tags: [things]
        parameters:
          - {name: limit, in: query, schema: {type: integer}}
          - {name: sort, in: query, schema: {type: string}}
        responses:
          "200": {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
"""
SCHEMAS = """
    Thing: {required: [id], properties: {id: {type: string}, size: {type: integer}}}
    Color: {type: string, enum: [red, green]}
"""
LIST, THING, COLOR = "api.things.list_things", "models.Thing", "models.Color"


@pytest.fixture
def changed(generate: Callable[..., Any]) -> Callable[..., list[tuple[str, str, str]]]:
    """Return a function that replaces text in the document and tells what users notice."""

    def changed(*replaced: tuple[str, str]) -> list[tuple[str, str, str]]:
        paths, schemas = PATHS, SCHEMAS
        for old, new in replaced:
            assert old in paths + schemas
            paths, schemas = paths.replace(old, new), schemas.replace(old, new)
        before, after = generate(PATHS, SCHEMAS), generate(paths, schemas)
        found = compare(before.folder, after.folder)
        return [(change.kind, change.place, change.what) for change in found]

    return changed


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("listThings", "allThings", ("breaking", LIST, "the operation is gone")),
        ("name: limit", "name: size", ("breaking", LIST, "the argument `limit` is gone")),
        (
            "sort, in: query",
            "sort, in: query, required: true",
            ("breaking", LIST, "the argument `sort` is required"),
        ),
        (
            "schema: {type: string}",
            "schema: {type: boolean}",
            (
                "breaking",
                LIST,
                "the argument `sort` is `Union[Unset, bool]` instead of `Union[Unset, str]`",
            ),
        ),
        (
            '$ref: "#/components/schemas/Thing"',
            "type: string",
            ("breaking", LIST, "returns `str` instead of `Thing`"),
        ),
        ("Thing:", "Other: {type: string}\n    Thing:", ("added", "models.Other", "new model")),
        ("size: {type: integer}", "", ("breaking", THING, "the field `size` is gone")),
        (
            "size: {type: integer}",
            "size: {type: number}",
            (
                "breaking",
                THING,
                "the field `size` is `Union[Unset, float]` instead of `Union[Unset, int]`",
            ),
        ),
        (
            "size: {type: integer}",
            "size: {type: integer, default: 3}",
            ("breaking", THING, "the field `size` is `int` instead of `Union[Unset, int]`"),
        ),
        (
            "required: [id]",
            "required: [id, size]",
            ("breaking", THING, "the field `size` is `int` instead of `Union[Unset, int]`"),
        ),
        ("[red, green]", "[red]", ("breaking", COLOR, "is `attribute` instead of `class`")),
        ("[red, green]", "[red, blue]", ("breaking", COLOR, "the value `green` is gone")),
        ("[red, green]", "[red, green, blue]", ("added", COLOR, "new value `blue`")),
        (
            "size: {type: integer}",
            "size: {type: integer}, more: {type: string}",
            ("added", THING, "new field `more`"),
        ),
        (
            "tags:",
            "deprecated: true\n        tags:",
            ("deprecated", LIST, "the API says not to use it any more"),
        ),
        ("/things:", "/all:", ("changed", LIST, "sends `GET /all` instead of `GET /things`")),
        (
            "schema: {type: string}",
            "schema: {type: [string, integer]}",
            (
                "changed",
                LIST,
                "the argument `sort` is `Union[Unset, str, int]` instead of `Union[Unset, str]`",
            ),
        ),
        (
            "tags:",
            "security: [{key: []}]\n        tags:",
            ("changed", LIST, "takes other credentials"),
        ),
    ],
)
def test_what_is_different_is_named(
    changed: Callable[..., Any], old: str, new: str, expected: tuple[str, str, str]
) -> None:
    """One change of the document, and what it means for those who call the client."""
    assert expected in changed((old, new))


def test_a_new_argument_may_be_left_out(changed: Callable[..., Any]) -> None:
    """One that is required breaks callers, one that is not is an addition."""
    more = "- {name: color, in: query, schema: {$ref: '#/components/schemas/Color'}}"
    parameters = "parameters:\n"

    optional = changed((parameters, f"{parameters}          {more}\n"))
    required = changed(
        (parameters, f"{parameters}          {more.replace('query', 'query, required: true')}\n")
    )

    assert ("added", LIST, "new argument `color`") in optional
    assert ("breaking", LIST, "new required argument `color`") in required
    assert {kind for kind, _, _ in optional} == {"added"}


def test_nothing_is_reported_twice(changed: Callable[..., Any]) -> None:
    """Four functions send an operation; its users are told once."""
    assert changed(("name: limit", "name: size")) == [
        ("breaking", LIST, "the argument `limit` is gone"),
        ("added", LIST, "new argument `size`"),
    ]


def test_descriptions_are_a_patch(changed: Callable[..., Any]) -> None:
    """Something is different, and no code that uses it."""
    found = changed(("tags:", "summary: All of them.\n        tags:"))

    assert found == [("changed", "", "descriptions or internals are different")]
    assert changed() == []


@pytest.mark.parametrize(
    ("kinds", "step"),
    [
        ([], "none"),
        (["changed"], "patch"),
        (["changed", "added"], "minor"),
        (["deprecated"], "minor"),
        (["added", "breaking"], "major"),
    ],
)
def test_the_version_step_follows_from_the_gravest_change(kinds: list[str], step: str) -> None:
    """As SemVer has it."""
    assert version_step([Change(kind, "models.Thing", "") for kind in kinds]) == step


def test_the_changelog_lists_each_place_once() -> None:
    """Markdown, the gravest first; what is hidden in a name is shown."""
    changes = [
        Change("added", "models.B", "new model"),
        Change("breaking", "models.A", "the field `x` is gone"),
        Change("breaking", "models.A", "the field `y\u202e` is gone"),
    ]

    assert changelog(changes) == (
        "Suggested version step: **major**\n\n"
        "### Breaking\n\n* `models.A`: the field `x` is gone; the field `y\\u202e` is gone\n\n"
        "### Added\n\n* `models.B`: new model\n"
    )


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two versions of a document; the older one is generated too, and does harm when imported."""
    monkeypatch.chdir(tmp_path)
    document = '{"openapi": "3.1.0", "info": {"title": "A"}, "paths": {"/a": {"get": {}}}}'
    (tmp_path / "old.json").write_text(document)
    (tmp_path / "new.json").write_text(document.replace('"/a"', '"/b"'))
    assert run("generate", "old.json", "--output", "out", "--package", "example_api").exit_code == 0
    with (tmp_path / "out/example_api/__init__.py").open("a") as module:
        module.write("\nopen('imported', 'w').close()\n")
    return tmp_path


@pytest.mark.parametrize("old", ["old.json", "out", "out/example_api"])
def test_documents_and_packages_can_be_compared(project: Path, old: str) -> None:
    """In any mixture; packages are read and never imported."""
    done = run("diff", old, "new.json", "--json", "--fail-on-breaking")

    assert done.exit_code == 1, done.output
    found = json.loads(done.output)
    assert found["step"] == "major"
    assert {"kind": "breaking", "place": "api.default.get_a", "what": "the operation is gone"} in (
        found["changes"]
    )
    assert "imported" not in os.listdir(project)


def test_equal_documents_are_no_step(project: Path) -> None:
    """Compared with itself, a document gives a changelog that says so."""
    done = run("diff", "old.json", "old.json", "--fail-on-breaking")

    assert (done.exit_code, done.output) == (
        0,
        "Suggested version step: **none**\n\nUsers notice nothing.\n",
    )


@pytest.mark.parametrize("given", [".", "out/example_api/models"])
def test_a_folder_without_a_package_is_refused(project: Path, given: str) -> None:
    """With the way out instead of a traceback."""
    done = run("diff", given, "new.json")

    assert (done.exit_code, done.output.count("\n")) == (1, 3), done.output
