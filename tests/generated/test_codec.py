"""Reading and writing models: the fast path, the lenient path, and that they agree."""

import json
import math
import sys
from types import FrameType
from typing import Any, Dict, List, Optional

import pytest
from hypothesis import given, settings, strategies as st

from outpost_api import UNSET, DecodeError, InvalidArgument, lenient
from outpost_api.bodies import multipart_body
from outpost_api.codec import decoder, encode_json, from_builtins, to_builtins
from outpost_api.models import (
    EndpointListResponse,
    EndpointResource,
    EndpointStatus,
    ReplicaScalingConfig,
    ServiceVisibility,
    UserDetails,
)

# A machine that is busy is no failure: how long an example takes says nothing about its rule.
FEW = settings(max_examples=50)
TEXT = st.text(st.characters(blacklist_categories=["Cs"]))
NULLABLE_TEXT = st.none() | TEXT
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
USER = st.fixed_dictionaries(
    {
        "id": TEXT,
        "createdAt": TEXT,
        "updatedAt": TEXT,
        "stats": st.fixed_dictionaries(
            {"followers_count": st.integers(0, 9), "following_count": st.integers(0, 9)}
        ),
        "avatarUrl": TEXT,
        "name": TEXT,
        "displayName": TEXT,
        "bio": NULLABLE_TEXT,
        "socials": st.none() | st.dictionaries(TEXT, TEXT, max_size=2),
    },
    optional={"unknown": JSON},
)


@FEW
@given(USER)
def test_both_paths_read_the_same(user: Dict[str, Any]) -> None:
    """msgspec and the pure-Python reader make equal objects of the same valid JSON."""
    content = json.dumps(user).encode()

    assert decoder(UserDetails)(content, strict=True) == lenient.convert(UserDetails, user)


@FEW
@given(USER)
def test_what_is_read_is_written_back(user: Dict[str, Any]) -> None:
    """A model writes the fields it was read from; unknown fields are left out."""
    made = UserDetails.from_dict(user, strict=True)

    written = json.loads(encode_json(made))
    assert {key: written[key] for key in user if key != "unknown"} == {
        key: value for key, value in user.items() if key != "unknown"
    }
    assert made.to_dict() == written


@FEW
@given(JSON)
def test_lenient_reading_never_fails_on_an_object(value: Any) -> None:
    """Whatever a server puts into the fields, the object is read and the values are kept."""
    made = UserDetails.from_dict({"id": value, "stats": value, "name": value})

    assert made.name == value
    assert made.createdAt is None
    if not isinstance(value, dict):
        assert made.stats == value


@FEW
@given(JSON)
def test_any_json_value_survives(value: Any) -> None:
    """A value of any shape is written and read without a change."""
    found = decoder(Any)(encode_json(value))

    assert found == value or (isinstance(value, float) and math.isclose(found, value))


def test_strict_reading_names_the_json_path() -> None:
    """Under strict the first value that does not fit is named by its path."""
    with pytest.raises(DecodeError) as caught:
        decoder(ReplicaScalingConfig)(b'{"min": "x"}', strict=True)
    assert caught.value.path == "$.min"
    with pytest.raises(DecodeError, match=r"missing required field"):
        UserDetails.from_dict({"id": "x"}, strict=True)


def test_both_paths_name_the_same_path_under_strict() -> None:
    """The pure-Python reader names paths as msgspec does."""
    value = {"min": 1, "max": "x"}

    with pytest.raises(DecodeError) as fast:
        from_builtins(ReplicaScalingConfig, value, strict=True)
    with pytest.raises(DecodeError) as pure:
        lenient.convert(ReplicaScalingConfig, value, strict=True)
    assert fast.value.path == pure.value.path == "$.max"


def test_an_unknown_enum_value_equals_its_text() -> None:
    """A value that this version does not know is kept, compares, prints and is sent as the text."""
    status = EndpointStatus("teleporting")

    assert status == "teleporting"
    assert f"{status}" == str(status) == "teleporting"
    assert encode_json(status) == b'"teleporting"'
    assert hash(status) == hash("teleporting")
    assert ServiceVisibility("public") is ServiceVisibility.public


def test_an_unknown_enum_value_in_a_response_survives() -> None:
    """A response with an unknown enum value is read like any other."""
    made = EndpointResource.from_dict({"status": "teleporting"})

    assert (made.status, isinstance(made.status, EndpointStatus)) == ("teleporting", True)


def test_unset_is_never_sent_and_none_is() -> None:
    """Unset fields leave no trace in JSON; None becomes null."""
    config = ReplicaScalingConfig(min=UNSET, max=2)  # type: ignore[arg-type]  # what a caller may still do

    assert "min" not in json.loads(encode_json(config))
    assert "min" not in config.to_dict()
    assert to_builtins([None, UNSET.__class__ and None]) == [None, None]


@pytest.mark.parametrize("content", [b"", b"<html>", b"{", b"\xff\xfe", b"nul"])
def test_what_is_not_json_is_a_decode_error(content: bytes) -> None:
    """Bytes that are no JSON never raise anything but DecodeError."""
    with pytest.raises(DecodeError):
        decoder(UserDetails)(content)


def test_json_that_only_the_standard_library_reads_is_read() -> None:
    """A byte order mark or NaN, which msgspec refuses, does not lose a response."""
    assert decoder(Any)(b'\xef\xbb\xbf{"a": NaN}')["a"] != 0


def test_deep_nesting_is_a_decode_error() -> None:
    """A body nested without end is refused and does not end the process."""
    with pytest.raises(DecodeError):
        decoder(Any)(b"[" * 200_000)


def test_a_model_is_made_of_an_object_only() -> None:
    """from_dict refuses what is no JSON object, also when it is lenient."""
    with pytest.raises(DecodeError, match="expected an object"):
        UserDetails.from_dict([])  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("content", [b"null", b"[]", b"true", b'"text"'])
def test_a_body_of_another_kind_is_no_model(content: bytes) -> None:
    """Where an object is due, null, a list or text is an error, lenient or not, naming the type."""
    with pytest.raises(DecodeError, match="expected UserDetails, got "):
        decoder(UserDetails)(content)


def test_a_list_is_no_place_for_an_object() -> None:
    """The kind of the whole body counts for lists and for types that may be null, too."""
    with pytest.raises(DecodeError, match=r"expected List\[UserDetails\], got object"):
        decoder(List[UserDetails])(b"{}")

    assert decoder(Optional[EndpointListResponse])(b"null") is None


@pytest.mark.parametrize(
    ("type", "content", "got"),
    [
        (UserDetails, b"{}", "object without id, createdAt, updatedAt and others"),
        (UserDetails, b'{"error": "id"}', "object without id"),
        (UserDetails, b'{"id": 5, "name": null}', "object with wrong id"),
        (Optional[UserDetails], b'{"error": 1}', "object without id"),
        (List[UserDetails], b'[{"error": 1}, 5]', "array of object without id"),
        (List[str], b"[1, null]", "array of integer"),
        (bool, b'"yes"', "string"),
        (EndpointStatus, b"5", "integer"),
        (Dict[str, int], b"[]", "array"),
    ],
)
def test_a_body_with_nothing_of_the_type_is_none(type: Any, content: bytes, got: str) -> None:
    """Lenient reading is for a type with faults, and not for something else altogether."""
    with pytest.raises(DecodeError, match=f", got {got}"):
        decoder(type)(content)


@pytest.mark.parametrize(
    ("type", "content"),
    [
        (UserDetails, b'{"name": "aj-ya"}'),
        (UserDetails, b'{"id": 5, "name": "aj-ya", "stats": null}'),
        (Optional[UserDetails], b"null"),
        (List[UserDetails], b"[]"),
        (List[UserDetails], b'[{"error": 1}, {"name": "aj-ya"}]'),
        (List[str], b'[1, "a"]'),
        (ReplicaScalingConfig, b'{"new": 1}'),  # nothing of it is required
        (EndpointStatus, b'"dreaming"'),
        (Dict[str, int], b'{"a": "b"}'),
    ],
)
def test_a_body_with_something_of_the_type_is_read(type: Any, content: bytes) -> None:
    """One field, or one item, that is as it should be is enough."""
    decoder(type)(content)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"a": [{"b": "secret\ud800"}]}, "a[0].b"),
        ({"a": {"\udfff": 1}}, "a (a key)"),
        ("\ud800", "body"),
        (ReplicaScalingConfig(min="\ud800"), "min"),  # type: ignore[arg-type]
    ],
)
def test_text_that_utf8_has_no_form_for_is_named(value: Any, name: str) -> None:
    """The error says where it is, and not what it is: it may be a secret."""
    with pytest.raises(InvalidArgument) as refused:
        encode_json(value)

    assert str(refused.value) == f"{name}: holds lone surrogates, which have no form in UTF-8"
    assert refused.value.__context__ is None


def test_so_is_that_of_a_field_of_a_form() -> None:
    with pytest.raises(InvalidArgument, match=r"^label: holds lone surrogates"):
        multipart_body({"label": "\ud800"})


def test_a_converter_whose_making_was_interrupted_is_made_anew() -> None:
    """By Ctrl-C, for example; it does not wait for itself for ever."""
    nobody_else_has = Dict[str, List[Dict[str, List[bytes]]]]
    is_interrupted = False

    def interrupt(frame: FrameType, event: str, argument: object) -> None:
        nonlocal is_interrupted
        if frame.f_code is lenient._make.__code__ and not is_interrupted:
            is_interrupted = True
            raise KeyboardInterrupt

    traced = sys.gettrace()
    sys.settrace(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            lenient.convert(nobody_else_has, {})
    finally:
        sys.settrace(traced)

    assert lenient.convert(nobody_else_has, {"a": [{"b": []}]}) == {"a": [{"b": []}]}
