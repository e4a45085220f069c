"""What users change in a document by their settings, without touching the document."""

from collections.abc import Callable
from typing import Any

import pytest

from outpost_generator.errors import GenerationFailed
from outpost_generator.reading.overrides import merge_patch

PATHS = """
    /things/{id}:
      get:
        operationId: thing
        parameters:
          - {name: id, in: path, required: true, schema: {type: string}}
          - {name: q, in: query, schema: {type: string}}
"""


def test_a_part_of_the_document_is_merged_with_its_patch(generate: Callable[..., Any]) -> None:
    """The pointer leads to the part; what the patch does not name stays."""
    patch = {"operationId": "getThing", "deprecated": True}

    api = generate(PATHS, config={"overrides": {"#/paths/~1things~1{id}/get": patch}})

    assert api.get_thing.OPERATION.deprecated
    assert api.get_thing.plan("a", q="b").path == "/things/a"


def test_null_removes_a_part(generate: Callable[..., Any]) -> None:
    """A patch of null takes an element out of its list, a field out of its object."""
    where = "#/paths/~1things~1{id}/get/parameters/1"

    api = generate(PATHS, config={"overrides": {where: None}})

    with pytest.raises(TypeError, match="'q'"):
        api.thing.plan("a", q="b")


def test_patches_apply_one_after_the_other(generate: Callable[..., Any]) -> None:
    """A later pointer may lead to what an earlier patch has added."""
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}}
    overrides = {
        "#/components/schemas": {"Added": schema},
        "#/components/schemas/Added/properties/x": {"default": 3},
    }

    api = generate(config={"overrides": overrides})

    assert api.models.Added().x == 3


def test_every_pointer_that_leads_nowhere_is_named(generate: Callable[..., Any]) -> None:
    """Each comes with what is there instead."""
    overrides = {"#/paths/~1thing~1{id}/get": {}, "#/info/title/x": {}, "#/servers": {}}

    with pytest.raises(GenerationFailed) as caught:
        generate(PATHS, config={"overrides": overrides})

    ways_out = [problem.way_out for problem in caught.value.problems]
    assert [problem.pointer for problem in caught.value.problems] == list(overrides)
    assert "#/paths has no ~1thing~1{id}; it has ~1things~1{id}." in ways_out[0]
    assert "#/info/title holds no further parts" in ways_out[1]


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c"], ["c"]),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ("text", {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ],
)
def test_a_merge_patch_does_what_rfc_7396_says(target: Any, patch: Any, expected: Any) -> None:
    """The cases of the RFC's appendix, by kind."""
    assert merge_patch(target, patch) == expected


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ({"overrides": {"paths/x": {}}}, "config#/overrides"),
        ({"overrides": []}, "config#/overrides"),
        ({"frozen": "yes"}, "config#/frozen"),
        ({"output": 3}, "config#/output"),
        ({"formats": {"date": "day"}}, "config#/formats/date"),
        ({"formats": {"date": ["date"]}}, "config#/formats/date"),
        ({"idempotent": {"op": "yes"}}, "config#/idempotent/op"),
        ({"pagination": {"op": "page"}}, "config#/pagination/op"),
        ({"request_id_header": "a b"}, "config#/request_id_header"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    generate: Callable[..., Any], setting: dict[str, Any], where: str
) -> None:
    """The message has the place in the settings and the way out."""
    with pytest.raises(GenerationFailed) as caught:
        generate(config=setting)

    (problem,) = caught.value.problems
    assert problem.pointer == where
    assert problem.way_out
