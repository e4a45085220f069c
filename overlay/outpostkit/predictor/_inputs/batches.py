"""What is one input, and not many, although it can be iterated over."""

from __future__ import annotations

from collections.abc import Mapping

from outpostkit.exceptions import ConfigurationError


def check_inputs(inputs: object) -> None:
    """Refuse what gives something else than inputs when it is iterated over.

    A table gives the names of its columns, a dictionary its keys, text its letters.

    Raises:
        ConfigurationError: it is such; the error says how to send its parts.
    """
    from outpostkit.predictor._inputs.libraries import rows_of

    kind = type(inputs).__name__
    rows = rows_of(inputs, one_by_one=True)
    if rows is not None:
        gives, way_out = "columns", f"for its rows, give inputs{rows}"
    elif isinstance(inputs, Mapping):
        gives, way_out = "keys", "give [inputs] to send it whole, or inputs.values()"
    elif isinstance(inputs, (str, bytes, bytearray, memoryview)):
        gives, way_out = "letters" if isinstance(inputs, str) else "numbers", "give [inputs]"
    elif callable(getattr(inputs, "read", None)):
        gives, way_out = "lines", "give [inputs] to send it whole, or list(inputs)"
    elif isinstance(inputs, tuple) and hasattr(inputs, "_fields"):
        gives, way_out = "fields", "give [inputs], or list(inputs)"
    elif hasattr(type(inputs), "__pydantic_serializer__"):
        gives, way_out = "fields", "give [inputs]"
    else:
        return
    raise ConfigurationError(
        f"inputs must be an iterable of inputs: a {kind} is one, and its {gives} would be sent; "
        f"{way_out}"
    )
