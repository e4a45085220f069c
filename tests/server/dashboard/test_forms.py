"""Forms of the dashboard: what is declared is what they ask for and what they read."""

from __future__ import annotations

import enum
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from outpost_server.dashboard.forms import fields_of, read_fields
from outpost_server.dashboard.visit import html_templates
from outpost_server.rules.problem import Problem


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Asked(msgspec.Struct, kw_only=True, rename="camel"):
    priority: Annotated[int, Meta(ge=0, le=9, title="Priority")] = 3
    is_fast: Annotated[bool, Meta(title="Fast")] = True
    is_kept: Annotated[bool, Meta(title="Kept")] | None = None
    colour: Annotated[Colour, Meta(title="Colour")] = Colour.RED
    size: Annotated[Literal[1, 2] | None, Meta(title="Size")] = None
    share: Annotated[float, Meta(le=1, title="Share")] | None = None
    note: Annotated[str, Meta(max_length=5, title="Note")] | None = None
    tags: list[str] = []


UNTOUCHED = {field.name: field.default for field in fields_of(Asked)}
DEFAULTS = {"priority": 3, "isFast": True, "colour": "red"}
MACRO = '{% from "_macros.html" import control %}{{ control(field, field.default) }}'


@pytest.mark.parametrize(
    ("name", "controls"),
    [
        ("priority", ['type="number"', 'value="3"', 'min="0"', 'max="9"', 'step="1"']),
        ("is_fast", ['type="checkbox"', " checked>"]),
        ("is_kept", ["<select", "<option selected></option>", "<option>true</option>"]),
        ("colour", ["<option>blue</option>", "<option selected>red</option>"]),
        ("size", ["<option selected></option>", "<option>1</option>", "<option>2</option>"]),
        ("share", ['type="number"', 'value=""', 'max="1"', 'step="any"']),
        ("note", ['type="text"', 'value=""', 'maxlength="5"']),
    ],
)
def test_a_field_has_the_control_of_its_type(name, controls):
    """With its bounds, its choices and its default; what has no title is not asked for."""
    fields = {field.name: field for field in fields_of(Asked)}

    page = html_templates().from_string(MACRO).render(field=fields[name])

    assert fields.keys() == set(Asked.__struct_fields__) - {"tags"}
    assert fields[name].title in page
    assert [control for control in controls if control not in page] == []


@pytest.mark.parametrize("form", [UNTOUCHED, dict.fromkeys(UNTOUCHED, "")])
def test_an_untouched_form_and_an_empty_one_mean_the_defaults(form):
    """Nothing is said about what has none."""
    assert read_fields(Asked, form) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("priority", "5", {"priority": 5}),
        ("is_fast", "false", {"isFast": False}),
        ("is_kept", "false", {"isKept": False}),
        ("colour", "blue", {"colour": "blue"}),
        ("size", "2", {"size": 2}),
        ("share", "0.25", {"share": 0.25}),
        ("note", "null", {"note": "null"}),
    ],
)
def test_what_is_sent_becomes_what_is_declared(name, sent, read):
    """The API gets numbers and booleans, not texts, under its own names."""
    assert read_fields(Asked, {**UNTOUCHED, name: sent}) == {**DEFAULTS, **read}


@pytest.mark.parametrize(
    ("name", "sent", "problem"),
    [
        ("priority", "many", "priority: expected a whole number"),
        ("priority", "10", "priority: expected a whole number <= 9"),
        ("is_fast", "perhaps", "isFast: expected true or false"),
        ("colour", "green", "colour: invalid enum value 'green'"),
        ("share", "half", "share: expected a number"),
        ("note", "too long", "note: expected a text of length <= 5"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_field(name, sent, problem):
    """Whatever a browser lets through."""
    with pytest.raises(Problem) as refusal:
        read_fields(Asked, {**UNTOUCHED, name: sent})

    assert (refusal.value.status, refusal.value.message) == (422, problem)


def test_a_titled_field_that_no_control_can_take_is_named():
    """Whoever declares it learns so when the tests run."""

    class Listed(msgspec.Struct):
        tags: Annotated[list[str], Meta(title="Tags")] = []

    with pytest.raises(TypeError, match="a field such as 'tags'"):
        fields_of(Listed)
