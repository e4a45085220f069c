"""Values of Python itself are predicted with in the form that JSON has for them."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import ipaddress
import json
import sqlite3
import types
import uuid
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple
from unittest import mock

import attr
import msgspec
import pytest

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.encoding import comparable_bytes, json_bytes


class Colour(enum.Enum):
    red = "red"
    half = 0.5
    pair = (1, 2)


class Text(str):
    pass


class Moment(datetime.datetime):
    pass


class Place(NamedTuple):
    x: int
    made: Any = None


@attr.define
class Box:
    inside: Any
    _own: int = 1


@dataclasses.dataclass
class Note:
    text: Any = None


@dataclasses.dataclass
class Made:
    inside: Any
    kind: int = dataclasses.field(init=False, default=2)


class Tagged(msgspec.Struct, rename="camel", tag="t"):
    my_value: Any


class Line(msgspec.Struct, array_like=True):
    value: Any


class Deck(collections.UserList):  # type: ignore[type-arg]  # its parameter is not known to 3.8
    pass


UTC = datetime.timezone.utc


def sent(value: Any) -> Any:
    """What arrives of a value that lies within others."""
    return json.loads(json_bytes({"v": [value]}))["v"][0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (range(3), [0, 1, 2]),
        (map(str, [1]), ["1"]),
        (zip([1], "a"), [[1, "a"]]),
        ((each for each in [1, {2}]), [1, [2]]),
        (collections.deque([1]), [1]),
        (Deck([1]), [1]),
        (collections.UserString("ab"), "ab"),
        (collections.UserDict(a=collections.UserString("b")), {"a": "b"}),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.items(), [["a", 1]]),
        (types.MappingProxyType({"a": {1}}), {"a": [1]}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.ChainMap({"a": 1}), {"a": 1}),
        (collections.OrderedDict(a=Text("b")), {"a": "b"}),
        (collections.defaultdict(int, a=True), {"a": True}),
        (Colour.half, 0.5),
        (Colour.pair, [1, 2]),
        (Moment(2024, 1, 1, tzinfo=UTC), "2024-01-01T00:00:00Z"),
        (Moment(2024, 1, 1, 12, 30), "2024-01-01T12:30:00"),
        (datetime.date(2024, 1, 1), "2024-01-01"),
        (datetime.time(1, 2), "01:02:00"),
        (datetime.timedelta(hours=1), "PT3600S"),
        (decimal.Decimal("1.50"), "1.50"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (ipaddress.ip_address("127.0.0.1"), "127.0.0.1"),
        (10**30, 10**30),
        (memoryview(b"abc")[::-1], "Y2Jh"),
        (Place(1), [1, None]),
        (Place(1, range(1)), [1, [0]]),
    ],
)
def test_values_of_the_standard_library_have_a_form(value: Any, expected: Any) -> None:
    """Whatever can be iterated over is a list, whatever has keys an object."""
    assert sent(value) == expected


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (Note, {"text": 0}),
        (Box, {"inside": 0, "_own": 1}),
        (Made, {"inside": 0, "kind": 2}),
        (Tagged, {"type": "t", "myValue": 0}),
        (Line, [0]),
    ],
)
def test_objects_are_the_same_whatever_they_hold(make: Any, expected: Any) -> None:
    """What msgspec does not know within an object changes nothing about the rest of it."""
    assert sent(make(0)) == expected
    assert json.dumps(sent(make(range(1)))) == json.dumps(expected).replace("0", "[0]")


def test_a_row_of_a_database_is_an_object() -> None:
    """As sqlite3.Row, which is iterated over by its values."""
    database = sqlite3.connect(":memory:")
    database.row_factory = sqlite3.Row

    assert sent(database.execute("select 1 as a, 'x' as b").fetchone()) == {"a": 1, "b": "x"}
    database.close()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (1, "1"),
        (True, "true"),
        (1.5, "1.5"),
        (Text("a"), "a"),
        (Colour.red, "red"),
        (datetime.date(2024, 1, 1), "2024-01-01"),
        (Moment(2024, 1, 1), "2024-01-01T00:00:00"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_keys_become_text(key: Any, text: str) -> None:
    """They are the same whether msgspec writes the rest by itself or not."""
    assert sent({key: range(1)}) == {text: [0]}
    assert sent({key: 1}) == {text: 1}


def in_a_circle() -> List[Any]:
    """A list that holds itself."""
    circle: List[Any] = []
    circle.append({"again": circle})
    return circle


def note_of_itself() -> Note:
    """An object that holds itself."""
    note = Note()
    note.text = [note]
    return note


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: Any = range(1)
    for _ in range(depth):
        value = [value]
    return value


async def numbers() -> Any:
    """An iterator that has to be awaited."""
    yield 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"items": [1, {"when": float("nan")}]}, r"json: the value at \$.items\[1\].when is NaN"),
        ([float("nan")], "JSON does not have it: send None, or text, instead"),
        ({"a b": {"it's": -float("inf")}}, r"""\$\['a b'\]\["it's"\] is infinity"""),
        ([Note([float("nan")])], r"\$\[0\].text\[0\] is NaN"),
        ([Box(float("nan"))], r"\$\[0\].inside is NaN"),
        ([Tagged(float("nan"))], r"\$\[0\].myValue is NaN"),
        ((each for each in [1.0, float("nan")]), r"\$\[1\] is NaN"),
        ({"a": {(1, 2): 3}}, r"\$.a has the key \(1, 2\), which JSON cannot have; make it text"),
        ({None: 1}, r"\$ has the key None"),
        ({object(): 1}, r"\$ has the key <object"),
        ({"a": {"\ud800": range(1)}}, r"\$.a has the key '\\ud800'"),
        ([b"x", range(1), "\udfff"], r"\$\[2\] holds half a character"),
        (in_a_circle(), r"\$\[0\].again is what it lies in"),
        (note_of_itself(), r"\$.text\[0\] is what it lies in"),
        (nested(100_000), "nested more deeply"),
        (nested(2_000), "nested more deeply"),
        ([1j], r"\$\[0\] is a complex number; send its real"),
        ([fractions.Fraction(1, 2)], r"\$\[0\] is of class fractions.Fraction"),
        ([Text], r"\$\[0\] is the class Text itself"),
        ([print], "no form in JSON"),
        ([ValueError("x")], r"\$\[0\] is of class ValueError"),
        ([numbers()], r"\$\[0\] is .*awaited"),
        ([msgspec.UNSET], r"\$\[0\] is of class"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_named_with_its_place(value: Any, message: str) -> None:
    """And the error says what to do."""
    with pytest.raises(ConfigurationError, match=message):
        json_bytes(value)


def test_what_an_iterator_raises_is_raised() -> None:
    """It is the user's own error."""

    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        json_bytes({"a": broken()})


def test_a_value_may_be_at_several_places() -> None:
    """That is no circle."""
    shared = {"a": range(1)}

    assert sent([shared, shared, {"b": shared}]) == [{"a": [0]}, {"a": [0]}, {"b": {"a": [0]}}]


def test_comparing_inputs_takes_nothing_from_them() -> None:
    """What can be read only once is left for the request, and not compared."""
    items = iter([1, 2])

    assert comparable_bytes({"a": items}) is None
    assert comparable_bytes({"a": range(2)}) == b'{"a":[0,1]}'
    assert list(items) == [1, 2]


def test_an_iterator_is_sent_and_repeated_whole(sdk, server) -> None:
    """The second attempt sends what the first has taken from it."""
    asleep = server.json({"message": "Waking.", "code": "no_replica_ready"}, 503, Retry_After="0")
    server.on("POST", "/predict", asleep, server.json({}))

    sdk.do(lambda client: sdk.predictor(client).infer(json={"a": iter([1, 2])}))

    assert [request.get_json() for request in server.requests] == [{"a": [1, 2]}] * 2


FIELDS: Dict[str, Any] = {
    "when": datetime.datetime(2024, 1, 1, tzinfo=UTC),
    "colour": Colour.red,
    "yes": True,
    "nothing": None,
    "many": (1, Colour.half),
    "more": range(2),
    "price": decimal.Decimal("1.50"),
    "name": b"ab",
}
TEXTS = [
    ("when", "2024-01-01T00:00:00Z"),
    ("colour", "red"),
    ("yes", "true"),
    ("nothing", ""),
    ("many", "1"),
    ("many", "0.5"),
    ("more", "0"),
    ("more", "1"),
    ("price", "1.50"),
    ("name", "ab"),
]


@pytest.mark.parametrize("files", [None, {"file": b"x"}], ids=["form", "multipart"])
def test_fields_and_the_query_are_texts_as_in_json(sdk, server, files: Any) -> None:
    """A list is several fields of one name; None is an empty one."""
    got: List[Any] = []

    def take(request: Any) -> Any:
        got.extend([list(request.args.items(multi=True)), list(request.form.items(multi=True))])
        return server.json({})

    server.handle("POST", "/predict", take, keeps_body=False)
    sdk.do(lambda client: sdk.predictor(client).infer(params=FIELDS, data=FIELDS, files=files))

    assert got == [TEXTS, TEXTS]


@pytest.mark.parametrize("name", ["params", "data"])
@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a": {"b": 1}}, r"\['a'\]: a field is one text, not dict"),
        ({"a": [[1]]}, r"\['a'\]: a field is one text, not list"),
        ({"a": object()}, r"\['a'\]: .*class object"),
        ({"a": b"\xff"}, r"\['a'\]: bytes that are no text .*files="),
        (5, ": give a dictionary, or pairs"),
    ],
)
def test_what_has_no_text_is_no_field(sdk, server, name: str, value: Any, message: str) -> None:
    """The error names the argument and the field."""
    with pytest.raises(ConfigurationError, match=name + message):
        sdk.do(lambda client: sdk.predictor(client).infer(**{name: value}))

    assert server.requests == []


@pytest.mark.parametrize("content", [{"a": 1}, [1], ["a"], 5, object()])
def test_a_body_as_it_is_is_made_of_bytes(sdk, server, content: Any) -> None:
    """Values are sent with json=, and the error says so."""
    with pytest.raises(ConfigurationError, match=r"content: .*json= sends"):
        sdk.do(lambda client: sdk.predictor(client).infer(content=content))

    assert server.requests == []


@pytest.mark.parametrize(
    ("inputs", "way_out"),
    [
        ({"text": "hello"}, r"its keys would be sent; give \[inputs\]"),
        (types.MappingProxyType({}), "its keys"),
        ("text", "its letters"),
        (Text("text"), "its letters"),
        (b"bytes", "its numbers"),
    ],
)
def test_one_input_is_not_taken_for_many(sdk, server, inputs: Any, way_out: str) -> None:
    """What it gives when it is iterated over would be sent without a word."""
    with pytest.raises(ConfigurationError, match=f"iterable of inputs: .* {way_out}"):
        sdk.do(lambda client: sdk.predictor(client).infer_many(inputs))

    assert server.requests == []


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_without_digits_is_not_sent(number: str) -> None:
    """As NaN is not, though it has a text."""
    with pytest.raises(ConfigurationError, match=r"at \$\.a\[0\] is (NaN|infinity)"):
        json_bytes({"a": [decimal.Decimal(number)]})


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({1: "a", "1": "b"}, r"at \$ has two keys that are '1' as text"),
        ([{"x": {True: 1, "true": 2}}], r"at \$\[0\]\.x has two keys"),
        ({float("nan"): 1}, r"at \$ has the key nan"),
        ({decimal.Decimal("Infinity"): 1}, r"at \$ has the key Decimal"),
    ],
)
def test_keys_that_json_cannot_tell_apart_are_refused(value: Any, message: str) -> None:
    """One of two values would be lost."""
    with pytest.raises(ConfigurationError, match=message):
        json_bytes(value)


def test_a_file_that_cannot_be_read_is_named_with_its_place(tmp_path: Path) -> None:
    """Closed, or open to be written."""
    closed = io.BytesIO()
    closed.close()
    with open(tmp_path / "a", "w") as written:
        for file in (closed, written):
            with pytest.raises(ConfigurationError, match=r"at \$\.v\[0\] is a file that cannot"):
                sent(file)


@pytest.mark.parametrize("kind", [mock.Mock, mock.MagicMock])
def test_what_has_an_attribute_of_every_name_has_no_form(kind: Any) -> None:
    """Its names say nothing about what it is."""
    with pytest.raises(ConfigurationError, match=r"is of class unittest\.mock\..* no form in JSON"):
        sent(kind())


@pytest.mark.parametrize("one", [io.BytesIO(b"a\nb"), io.StringIO("a"), Place(1, 2)])
def test_a_file_or_a_named_tuple_is_one_input(sdk, server, one: Any) -> None:
    """Its lines, or fields, are not sent as many."""
    with pytest.raises(ConfigurationError, match=r"give \[inputs\]"):
        sdk.do(lambda client: sdk.predictor(client).infer_many(one))
