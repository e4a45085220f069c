"""Values of numpy, torch, pandas and PIL, as what Python comes with.

Libraries are never imported for it: a value is one of theirs only where the template has them.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

from outpost_server.worker.answers.refused import Refused, of_kind


def without_libraries(value: Any) -> Any:
    """Return lists, scalars and None for a value of a library, ``value`` for one of no library.

    Items of a list may still be values of a library.

    Raises:
        Refused: the library cannot make them, or JSON has nothing for the value.
    """
    if _is_of_pandas(value):
        return _of_pandas(value)
    convert = _list_method(value)
    if convert is None:
        return value
    try:
        items = convert()
        # A number of more digits than Python has is its own item.
        return items if type(items) is not type(value) else float(items)
    except Exception as error:
        way_out = f"convert it, as with .tolist(), .item() or float(...) ({error})"
        raise Refused(of_kind(value), way_out) from None


def is_image(value: Any) -> bool:
    image = getattr(sys.modules.get("PIL.Image"), "Image", None)
    return image is not None and isinstance(value, image)


def png(image: Any) -> bytes:
    modes = ("1", "L", "LA", "I", "I;16", "P", "RGB", "RGBA")
    file = io.BytesIO()
    (image if image.mode in modes else image.convert("RGB")).save(file, "PNG")
    return file.getvalue()


def _list_method(value: Any) -> Callable[[], Any] | None:
    """Return what makes a list or a scalar of an array, None where ``value`` is none."""
    if _can(value, "detach", "tolist"):  # a tensor, perhaps on a GPU
        return lambda: value.detach().cpu().tolist()
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if kind == "c":
        raise Refused(of_kind(value), "return its parts, or abs(...)")
    if kind in ("M", "m"):  # of a unit that Python has, or they would become integers
        unit = "datetime64[us]" if kind == "M" else "timedelta64[us]"
        return lambda: value.astype(unit).tolist()
    if _can(value, "tolist"):
        return lambda: value.tolist()
    if _can(value, "numpy"):  # a tensor of TensorFlow
        return lambda: value.numpy().tolist()
    return None


def _can(value: Any, *methods: str) -> bool:
    # Of the class: an object may make up an attribute for every name.
    return all(callable(getattr(type(value), name, None)) for name in methods)


def _is_of_pandas(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    if pandas is None:
        return False
    return type(value).__module__.partition(".")[0] == "pandas" or isinstance(
        value, (pandas.DataFrame, pandas.Series)
    )


def _of_pandas(value: Any) -> Any:
    pandas = sys.modules["pandas"]
    if value is pandas.NA or value is pandas.NaT:
        return None
    if isinstance(value, pandas.DataFrame):
        return _rows(value)
    if isinstance(value, pandas.Series):
        return value.astype(object).where(value.notna(), None).tolist()
    if hasattr(value, "tolist"):  # an index, an array
        return _of_pandas(pandas.Series(value))
    if isinstance(value, (pandas.Timestamp, pandas.Timedelta)):
        return value  # a datetime, a timedelta
    if isinstance(value, (pandas.Period, pandas.Interval)):
        return str(value)
    raise Refused(of_kind(value), "return the table, the list or the text that is made of it")


def _rows(table: Any) -> Any:
    if not table.columns.is_unique:
        name = table.columns[table.columns.duplicated()][0]
        way_out = "give each column a name of its own, or the row would lose one of them"
        raise Refused(f"a DataFrame with more than one column {name!r}", way_out)
    # As objects, where None can take the place of NaN.
    return table.astype(object).where(table.notna(), None).to_dict(orient="records")
