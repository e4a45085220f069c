"""Documents that break a rule, though it is clear what is meant: read, with a warning."""

import textwrap
from typing import Any

import yaml

from outpost_generator.config import Config
from outpost_generator.load import Source, as_document
from outpost_generator.pipeline import Output, generate

HEAD = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}}


def read(text: str) -> Output:
    """Return what becomes of a document."""
    document: dict[str, Any] = {**HEAD, **yaml.safe_load(textwrap.dedent(text))}
    return generate(Source(as_document(document), "api.yaml", ""), Config(), "api", "generate")


def warnings(output: Output) -> list[str]:
    """Return where and why there are warnings; nothing worse is allowed."""
    assert {each.level for each in output.problems} <= {"warning"}
    assert all(each["lost"] == 0 for each in output.account.totals().values())
    return [f"{each.pointer}: {each.reason}" for each in output.problems]


def parameters(output: Output) -> list[str]:
    """Return place and name of every parameter that was written."""
    return [part.name for one in output.account.operations for part in one.parameters]


def test_extensions_among_paths_and_webhooks_are_no_paths() -> None:
    """What begins with ``x-`` may stand anywhere, and is no operation."""
    output = read("""
        paths:
          x-codegen: /v1
          x-shared: {get: {responses: {}}}
          /a: {get: {responses: {}}}
        x-webhooks:
          x-exclude: true
    """)

    assert warnings(output) == []
    assert [each.pointer for each in output.account.operations] == ["#/paths/~1a/get"]


def test_a_header_without_a_name_is_left_out() -> None:
    """Nothing can send it, so the call works without."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: "", in: header}, {name: x, in: header}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: "
        "a header without a name cannot be sent; the parameter is left out"
    ]
    assert parameters(output) == ["header:x"]


def test_a_path_parameter_that_is_not_in_the_path_is_left_out() -> None:
    """Nothing of the request has a place for it."""
    output = read("""
        paths:
          /a: {get: {parameters: [{name: id, in: path, required: true}], responses: {}}}
    """)

    assert warnings(output) == [
        "#/paths/~1a/get/parameters/0: the path has no {id}; the parameter is left out"
    ]


def test_a_path_parameter_may_miss_the_path_by_case() -> None:
    """The path says how it is spelled."""
    output = read("""
        paths:
          "/a/{petId}": {get: {parameters: [{name: petid, in: path}], responses: {}}}
    """)

    assert warnings(output) == []
    assert parameters(output) == ["path:petId"]
