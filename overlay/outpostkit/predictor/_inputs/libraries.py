"""What values of libraries are in JSON: arrays, series, tensors, moments, models of pydantic.

A library is known by the classes that a value inherits from, or by what the value can do, and never
imported: a value that comes from it has brought it.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from operator import methodcaller
from typing import Any, Callable, Dict, FrozenSet, List, Optional

from outpostkit.predictor._inputs.no_form import NoForm

#: The digits of a second behind the microseconds, where they say nothing, or all of them.
_NOTHING_BEHIND = re.compile(r"\.0+(?=$|[Z+-])|(?<=\.\d{6})0{3}(?=$|[Z+-])")
_COARSE = {"Y": "D", "M": "D", "W": "D", "h": "s", "m": "s"}


def packages(kind: type) -> FrozenSet[str]:
    """Return the top-level packages that a class and those it inherits from come from."""
    return frozenset(each.__module__.partition(".")[0] for each in kind.__mro__)


def rows_of(value: object, *, one_by_one: bool = False) -> Optional[str]:
    """Return how to get the rows of a table, as one writes it behind the table; None if it is none.

    Args:
        value: anything.
        one_by_one: whether an iterator over the rows will do.
    """
    kind = type(value)
    names = {each.__name__ for each in kind.__mro__}
    home = packages(kind)
    if "polars" in home and "LazyFrame" in names:
        return ".collect().to_dicts()"
    if "polars" in home and "DataFrame" in names:
        return ".iter_rows(named=True)" if one_by_one else ".to_dicts()"
    if "pyarrow" in home and names & {"Table", "RecordBatch"}:
        return ".to_pylist()"
    if "DataFrame" not in names:
        return None
    return '.toPandas().to_dict("records")' if "pyspark" in home else '.to_dict("records")'


def form_of_library(value: Any) -> Any:
    """Return a value of a library in a form closer to JSON; any other value as it is.

    Raises:
        NoForm: it has none, such as a table, or a number with an imaginary part.
    """
    kind = type(value)
    way = rows_of(value)
    if way is not None:
        raise NoForm(f"is a table ({kind.__name__})", f"send its rows: {way}")
    if hasattr(kind, "__pydantic_serializer__"):
        return _pydantic(value)
    home = packages(kind)
    for package, form in _FORMS.items():
        if package in home:
            found = _asked(value, form)
            if found is not value:
                return found
    if "pydantic" in home and callable(getattr(value, "json", None)):
        return _asked(value, _pydantic_1)
    return _by_what_it_can(value)


def moment_text(text: str) -> str:
    """Return a moment in ISO 8601 as msgspec writes it: ``Z`` for UTC, no zeros for nothing."""
    text = text[:-6] + "Z" if text.endswith("+00:00") else text
    return _NOTHING_BEHIND.sub("", text)


def _numpy(value: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    if not isinstance(value, (numpy.ndarray, numpy.generic)):
        return value
    if value is getattr(numpy.ma, "masked", None):
        return None
    kind = value.dtype.kind
    if value.dtype.names:
        if value.ndim:
            return list(value)
        return {name: value[name] for name in value.dtype.names}
    if kind == "c":
        raise NoForm("has complex numbers", "send .real and .imag")
    if kind in "mM":
        return _numpy_moments(numpy, value)
    if value.dtype.type.__module__.partition(".")[0] not in ("numpy", "builtins"):
        # Such as bfloat16, of ml_dtypes.
        value = value.astype("float64")
    if isinstance(value, numpy.longdouble):
        return float(value)
    if value.dtype.char == "g":
        value = value.astype("float64")
    return value.tolist()


def _numpy_moments(numpy: Any, value: Any) -> Any:
    """Return moments as text, durations as such, and what is none, or masked, as None."""
    if isinstance(value, numpy.ma.MaskedArray):
        value = value.filled(numpy.array("NaT", dtype=value.dtype))
    unit = numpy.datetime_data(value.dtype)[0]
    if value.dtype.kind == "m":
        if unit in "YM":
            raise NoForm("is a duration in months", "send the number of them")
        rounded = value.astype("timedelta64[us]")
        if bool(((rounded != value) & ~numpy.isnat(value)).any()):
            raise NoForm("is finer than a microsecond", 'send .astype("timedelta64[us]")')
        return rounded.tolist()
    if unit == "generic":
        return None  # NaT: no other moment is without a unit
    value = value.astype(f"datetime64[{_COARSE.get(unit, unit)}]")
    return _each(numpy.datetime_as_string(value).tolist(), _moment_or_none)


def _moment_or_none(text: str) -> Optional[str]:
    return None if text == "NaT" else moment_text(text)


def _each(found: Any, make: Callable[[Any], Any]) -> Any:
    return [_each(item, make) for item in found] if isinstance(found, list) else make(found)


def _pandas(value: Any) -> Any:
    pandas: Any = sys.modules["pandas"]
    if value is pandas.NaT or value is pandas.NA:
        return None
    if isinstance(value, (pandas.Timestamp, pandas.Timedelta)):
        return moment_text(value.isoformat())
    if isinstance(value, (pandas.Period, pandas.Interval)):
        return str(value)
    if not callable(getattr(value, "tolist", None)):
        return value
    items = value.tolist()
    if getattr(value.dtype, "kind", "O") == "f" or not callable(getattr(value, "isna", None)):
        return items
    try:
        missing = value.isna()
    except NotImplementedError:  # of an index with several levels
        return items
    # NaN is how pandas writes that a text, a category or an object is missing.
    return [None if is_missing else item for item, is_missing in zip(items, missing)]


def _pydantic(value: Any) -> Any:
    """Return a model as its own JSON has it, under the names that a template reads: its aliases."""
    write = type(value).__pydantic_serializer__.to_python

    refused: List[NoForm] = []

    def other(unknown: Any) -> Any:
        try:
            found = form_of_library(unknown)
        except NoForm as problem:
            refused.append(problem)
            raise
        if found is unknown:
            raise TypeError(f"a value of class {type(unknown).__name__}")
        return found

    try:
        try:
            found = write(value, mode="json", by_alias=True, fallback=other)
        except TypeError:  # before pydantic 2.10 nobody could be asked
            found = write(value, mode="json", by_alias=True)
        return _with_numbers(found, write(value, by_alias=True))
    except Exception as problem:  # of a serializer of the user's own, too
        if refused:
            raise NoForm(
                f"is a {type(value).__name__} with a value that {refused[0].what}",
                refused[0].way_out,
            ) from None
        raise NoForm(
            f"is a {type(value).__name__} that pydantic cannot write: {problem}",
            "give its class a serializer for that field",
        ) from None


def _with_numbers(found: Any, held: Any) -> Any:
    """Return JSON of pydantic with NaN and infinity, where it has made None of them.

    The writer refuses them then, and names their places.
    """
    if found is None:
        return held if isinstance(held, float) and not math.isfinite(held) else None
    if isinstance(found, list):
        if hasattr(type(held), "tolist"):
            held = held.tolist()
        if isinstance(held, (list, tuple, set, frozenset)) and len(held) == len(found):
            return [_with_numbers(*each) for each in zip(found, held)]
    elif isinstance(found, dict) and isinstance(held, Mapping) and len(held) == len(found):
        pairs = zip(found.items(), held.values())
        return {key: _with_numbers(item, inside) for (key, item), inside in pairs}
    return found


def _pydantic_1(value: Any) -> Any:
    import json

    return json.loads(value.json(by_alias=True))


def _by_what_it_can(value: Any) -> Any:
    """Return what a value says it holds: tensors, arrow arrays and scalars, series of others."""
    if callable(getattr(value, "toarray", None)):
        raise NoForm("is a sparse matrix", "send .toarray(), or its rows, columns and values")
    for name, form in _METHODS.items():
        if callable(getattr(value, name, None)) and not isinstance(value, memoryview):
            return _asked(value, form)
    if hasattr(value, "__array__") and "numpy" in sys.modules:
        return _asked(value, sys.modules["numpy"].asarray)
    return value


def _asked(value: Any, form: Callable[[Any], Any]) -> Any:
    """Return what a library makes of its value; whatever it raises becomes words."""
    try:
        return form(value)
    except NoForm:
        raise
    except Exception as problem:  # such as of a tensor without values, or one that is gone
        raise NoForm(
            f"is a {type(value).__name__} that does not tell its values: {problem}",
            "make it a list, or an array of numpy, before",
        ) from None


_METHODS = {name: methodcaller(name) for name in ("tolist", "to_list", "to_pylist", "as_py")}
_FORMS: Dict[str, Callable[[Any], Any]] = {"pandas": _pandas, "numpy": _numpy}
