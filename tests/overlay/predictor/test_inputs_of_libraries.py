"""Values of numpy, pandas, polars and pydantic, and tensors, are predicted with as they are."""

import datetime
import json
from typing import Any, List

import pytest

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.encoding import json_bytes


def sent(value: Any) -> Any:
    """What arrives of a value that lies within others."""
    return json.loads(json_bytes({"v": [value]}))["v"][0]


def refused(value: Any) -> str:
    """What is said of a value that cannot be sent."""
    with pytest.raises(ConfigurationError) as caught:
        json_bytes({"v": [value]})
    return str(caught.value)


@pytest.fixture
def numpy() -> Any:
    return pytest.importorskip("numpy", reason="numpy is not installed")


@pytest.fixture
def pandas() -> Any:
    return pytest.importorskip("pandas", reason="pandas is not installed")


@pytest.fixture
def polars() -> Any:
    return pytest.importorskip("polars", reason="polars is not installed")


@pytest.fixture
def pydantic() -> Any:
    return pytest.importorskip("pydantic", reason="pydantic is not installed")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("float32(0.5)", 0.5),
        ("longdouble(0.5)", 0.5),
        ("uint64(2**64 - 1)", 2**64 - 1),
        ("bool_(True)", True),
        ("str_('a')", "a"),
        ("datetime64('2024-01-01')", "2024-01-01"),
        ("datetime64('2024-01', 'M')", "2024-01-01"),
        ("datetime64('2024-01-01T05', 'h')", "2024-01-01T05:00:00"),
        ("datetime64('2024-01-01T00:00:00.5')", "2024-01-01T00:00:00.500"),
        ("datetime64('2024-01-01T00:00:00.000000001')", "2024-01-01T00:00:00.000000001"),
        ("datetime64('NaT')", None),
        ("timedelta64(90, 's')", "PT90S"),
        ("timedelta64('NaT')", None),
        ("arange(6).reshape(2, 3).T", [[0, 3], [1, 4], [2, 5]]),
        ("arange(6)[::-2]", [5, 3, 1]),
        ("array(3.5)", 3.5),
        ("array([], dtype='f4')", []),
        ("array(['a', 'bc'])", ["a", "bc"]),
        ("array([b'a'])", ["YQ=="]),
        ("array([1, 2], dtype='g')", [1.0, 2.0]),
        ("array(['2024-01-01', 'NaT'], dtype='datetime64[ns]')", ["2024-01-01T00:00:00", None]),
        ("array([[1]], dtype='timedelta64[h]')", [["PT3600S"]]),
        ("array([(1, 'a')], dtype=[('n', 'i4'), ('s', 'U1')])", [{"n": 1, "s": "a"}]),
        ("array([1, 'a', {'b': 2}, None], dtype=object)", [1, "a", {"b": 2}, None]),
        ("ma.array([1.5, 2], mask=[0, 1])", [1.5, None]),
        ("ma.array([[1], [2]], mask=[[1], [0]])", [[None], [2]]),
        ("ma.array(['2024-01-01'] * 2, dtype='datetime64[D]', mask=[0, 1])", ["2024-01-01", None]),
        ("ma.masked", None),
    ],
)
def test_scalars_and_arrays_of_numpy_have_a_form(numpy: Any, code: str, expected: Any) -> None:
    """Of any type, shape and layout; what is masked, and no time, is null."""
    names = {"array": numpy.array, **{name: getattr(numpy, name) for name in numpy.__all__}}

    assert sent(eval(code, {"ma": numpy.ma, **names})) == expected


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("array([[1, 2], [3, nan]])", "$.v[0][1][1] is NaN; JSON does not have it"),
        ("array([inf], dtype='f2')", "$.v[0][0] is infinity"),
        ("ma.array([1, nan], mask=[1, 0])", "$.v[0][1] is NaN"),
        ("array([(nan,)], dtype=[('x', 'f8')])", "$.v[0][0].x is NaN"),
        ("array(['a', nan], dtype=object)", "$.v[0][1] is NaN"),
        ("float32('nan')", "$.v[0] is NaN"),
        ("array([1j])", "$.v[0] has complex numbers; send .real and .imag"),
        ("timedelta64(1, 'ns')", "$.v[0] is finer than a microsecond"),
        ("timedelta64(1, 'M')", "$.v[0] is a duration in months"),
        ("dtype('f4')", "$.v[0] is of class numpy"),
    ],
)
def test_what_numpy_has_and_json_has_not_is_named(numpy: Any, code: str, message: str) -> None:
    """With its place within the array."""
    names = {"array": numpy.array, **{name: getattr(numpy, name) for name in numpy.__all__}}

    assert message in refused(eval(code, {"ma": numpy.ma, **names}))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Timestamp('2024-01-01 12:00')", "2024-01-01T12:00:00"),
        ("Timestamp('2024-01-01', tz='UTC')", "2024-01-01T00:00:00Z"),
        ("Timestamp('2024-01-01', tz='Europe/Berlin')", "2024-01-01T00:00:00+01:00"),
        ("Timestamp('2024-01-01 00:00:00.000000001')", "2024-01-01T00:00:00.000000001"),
        ("Timedelta('1 days 2h')", "P1DT2H0M0S"),
        ("NaT", None),
        ("NA", None),
        ("Period('2024-01')", "2024-01"),
        ("Interval(0, 1)", "(0, 1]"),
        ("Series([1.5, 2])", [1.5, 2.0]),
        ("Series(['a', None])", ["a", None]),
        ("Series(['a', None], dtype='category')", ["a", None]),
        ("Series([1, None], dtype='Int64')", [1, None]),
        ("Series([1.5, None], dtype='Float64')", [1.5, None]),
        ("Series([True, None], dtype='boolean')", [True, None]),
        ("to_datetime(Series(['2024-01-01', None]))", ["2024-01-01T00:00:00", None]),
        ("Series([[1], {'a': 2}])", [[1], {"a": 2}]),
        ("Index(['a'])", ["a"]),
        ("MultiIndex.from_tuples([(1, 'a')])", [[1, "a"]]),
        ("date_range('2024', periods=1)", ["2024-01-01T00:00:00"]),
        ("Categorical(['a', None])", ["a", None]),
    ],
)
def test_values_and_columns_of_pandas_have_a_form(pandas: Any, code: str, expected: Any) -> None:
    """What is missing is null, whatever pandas writes for it; numbers that are NaN are not."""
    assert sent(eval(code, dict(vars(pandas)))) == expected


def test_a_column_of_numbers_with_nan_is_not_sent(pandas: Any) -> None:
    """It could be missing as well as the outcome of a calculation."""
    assert "$.v[0][1] is NaN; JSON does not have it: send None" in refused(pandas.Series([1, None]))


def test_rows_of_a_table_are_inputs(sdk, server, pandas: Any) -> None:
    """With moments, scalars and what is missing in them."""
    server.on("POST", "/predict", server.json({}))
    table = pandas.DataFrame(
        {"n": [1, 2], "at": pandas.to_datetime(["2024-01-01", None]), "text": ["a", "b"]}
    )

    sdk.do(lambda client: sdk.predictor(client).infer(json=table.to_dict("records")))

    assert server.last.get_json() == [
        {"n": 1, "at": "2024-01-01T00:00:00", "text": "a"},
        {"n": 2, "at": None, "text": "b"},
    ]


@pytest.mark.parametrize(
    ("library", "code", "whole", "many"),
    [
        ("pandas", "DataFrame({'a': [1]})", '.to_dict("records")', '.to_dict("records")'),
        ("polars", "DataFrame({'a': [1]})", ".to_dicts()", ".iter_rows(named=True)"),
        ("polars", "LazyFrame({'a': [1]})", ".collect().to_dicts()", ".collect().to_dicts()"),
    ],
)
def test_a_table_is_refused_with_the_word_that_gives_its_rows(
    sdk, server, library: str, code: str, whole: str, many: str
) -> None:
    """Its columns would be sent as inputs, by their names; rows are what a template takes."""
    table = eval(code, vars(pytest.importorskip(library, reason=f"{library} is not installed")))

    assert whole in refused(table)
    with pytest.raises(ConfigurationError) as caught:
        sdk.do(lambda client: sdk.predictor(client).infer_many(table))

    assert f"give inputs{many}" in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_column_is_many_inputs(sdk, server, library: str) -> None:
    """As any sequence is."""
    series = pytest.importorskip(library, reason=f"{library} is not installed").Series([1, 2])
    server.on("POST", "/predict", server.json({}))

    async def all_of(client: Any) -> None:
        async for _ in sdk.predictor(client).infer_many(series, concurrency=1):
            pass

    if sdk.is_async:
        sdk.do(all_of)
    else:
        sdk.do(lambda client: list(sdk.predictor(client).infer_many(series, concurrency=1)))

    assert [request.get_json() for request in server.requests] == [1, 2]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, None], [1, None]),
        (["a"], ["a"]),
        ([datetime.date(2024, 1, 1)], ["2024-01-01"]),
        ([{"a": 1}], [{"a": 1}]),
        ([[1], [2, 3]], [[1], [2, 3]]),
    ],
)
def test_columns_of_polars_are_lists(polars: Any, values: List[Any], expected: Any) -> None:
    """Null is null; NaN is refused as it is elsewhere."""
    assert sent(polars.Series(values)) == expected
    assert "$.v[0][0] is NaN" in refused(polars.Series([float("nan")]))


def test_a_number_of_numpy_is_not_many_inputs(sdk, server, numpy: Any) -> None:
    """Although its class can be iterated over."""
    with pytest.raises(ConfigurationError, match="iterable of inputs: iteration over a 0-d array"):
        sdk.do(lambda client: sdk.predictor(client).infer_many(numpy.array(5)))

    assert server.requests == []


class Tensor:
    """What is known of tensors: they tell their values as lists, or raise."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def tolist(self) -> Any:
        if self._values is None:
            raise NotImplementedError("Cannot copy out of meta tensor; no data!")
        return self._values


def test_tensors_are_lists() -> None:
    """Those that have no values say so."""
    assert sent(Tensor([[1.5]])) == [[1.5]]
    assert sent(Tensor(2)) == 2
    assert "a Tensor that does not tell its values: Cannot copy" in refused(Tensor(None))
    assert "$.v[0][0] is NaN" in refused(Tensor([float("nan")]))


def test_what_becomes_an_array_of_numpy_is_one(numpy: Any) -> None:
    """By the protocol of numpy, as values of many other libraries do."""

    class Other:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return numpy.arange(2)

    assert sent(Other()) == [0, 1]


def test_models_of_pydantic_are_what_pydantic_makes_of_them(pydantic: Any) -> None:
    """Under the names that a template reads, which are their aliases."""

    class Item(pydantic.BaseModel):
        my_text: str = pydantic.Field(alias="myText")
        when: datetime.datetime = datetime.datetime(2024, 1, 1)

    class Items(pydantic.RootModel[List[int]]):
        pass

    expected = {"myText": "a", "when": "2024-01-01T00:00:00"}
    assert sent(Item(myText="a")) == expected
    assert sent({"items": (Item(myText="a"),)}) == {"items": [expected]}
    assert sent(Items([1, 2])) == [1, 2]


def test_dataclasses_of_pydantic_have_their_aliases_too(pydantic: Any) -> None:
    """Wherever they lie, although msgspec knows dataclasses and not their aliases."""
    import dataclasses

    @pydantic.dataclasses.dataclass
    class Item:
        mine: int = pydantic.Field(alias="theirs")

    @dataclasses.dataclass
    class Around:
        item: Any

    assert sent(Item(theirs=1)) == {"theirs": 1}
    assert sent(Around([Item(theirs=1)])) == {"item": [{"theirs": 1}]}
    assert sent({"plain": {"a": [1]}, "deep": {"b": Item(theirs=1)}})["deep"] == {
        "b": {"theirs": 1}
    }


def test_a_model_of_pydantic_may_hold_what_pydantic_does_not_know(
    pydantic: Any, numpy: Any
) -> None:
    """What it cannot write at all is said."""

    class Item(pydantic.BaseModel, arbitrary_types_allowed=True):
        array: numpy.ndarray
        content: bytes = b""
        number: float = 1.0

    assert sent(Item(array=numpy.arange(2)))["array"] == [0, 1]
    assert "$.v[0].number is NaN" in refused(Item(array=numpy.arange(2), number=float("nan")))
    assert "$.v[0] is a Item that pydantic cannot write" in refused(
        Item(array=numpy.arange(2), content=b"\xff")
    )


def test_models_of_the_first_pydantic_are_sent_too(pydantic: Any) -> None:
    """They are what pydantic.v1 has, or the whole package where it is older."""
    first = pytest.importorskip("pydantic.v1", reason="pydantic has no version 1 on this Python")

    class Item(first.BaseModel):
        mine: datetime.date = first.Field(alias="theirs")

    assert sent(Item(theirs=datetime.date(2024, 1, 1))) == {"theirs": "2024-01-01"}


def test_one_model_is_not_taken_for_many_inputs(sdk, server, pydantic: Any) -> None:
    """It gives its fields when it is iterated over."""

    class Item(pydantic.BaseModel):
        text: str

    with pytest.raises(ConfigurationError, match=r"a Item is one, and its fields .*\[inputs\]"):
        sdk.do(lambda client: sdk.predictor(client).infer_many(Item(text="a")))

    assert server.requests == []


def test_fields_take_scalars_of_libraries(sdk, server, numpy: Any, pandas: Any) -> None:
    """As text, as in JSON; an array is several fields."""
    server.on("POST", "/predict", server.json({}))
    fields = {
        "n": numpy.int64(3),
        "yes": numpy.bool_(True),
        "many": numpy.arange(2),
        "at": pandas.Timestamp("2024-01-01"),
        "none": pandas.NaT,
    }

    sdk.do(lambda client: sdk.predictor(client).infer(params=fields, data=fields))

    expected = "n=3&yes=true&many=0&many=1&at=2024-01-01T00%3A00%3A00&none="
    assert server.last.query_string.decode() == expected
    assert server.last.get_data(as_text=True) == expected


def test_nan_in_a_model_is_refused_with_its_place(pydantic: Any, numpy: Any) -> None:
    """Also where the model does not say that it is a number, and pydantic would write null."""
    model = pydantic.create_model("Item", v=(Any, ...))

    assert "at $.v[0].v.a[1] is NaN" in refused(model(v={"a": [1.5, float("nan")]}))
    assert "at $.v[0].v[0] is infinity" in refused(model(v=numpy.array([numpy.inf])))
    assert sent(model(v=[None, 1.5])) == {"v": [None, 1.5]}


def test_a_table_in_a_model_is_refused_in_words(pydantic: Any, pandas: Any) -> None:
    """With the way to its rows."""
    message = refused(pydantic.create_model("Item", v=(Any, ...))(v=pandas.DataFrame({"a": [1]})))

    assert message.endswith(
        'with a value that is a table (DataFrame); send its rows: .to_dict("records")'
    )
