"""Tables in a request: columns by name, or rows of named cells."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator


def _columns(value: Any) -> Any:
    """Return a table as columns of equal length."""
    if isinstance(value, dict) and list(value) == ["data"] and isinstance(value["data"], dict):
        value = value["data"]  # as the hub's own clients wrap it
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        value = {name: [row.get(name) for row in value] for name in value[0]}
    if not isinstance(value, dict) or not value:
        raise ValueError('should be columns, such as {"city": ["Paris", "Rome"]}')
    if not all(isinstance(column, list) for column in value.values()):
        raise ValueError("each column should be a list of cells")
    if len({len(column) for column in value.values()}) > 1:
        raise ValueError("all columns should have as many cells")
    return value


def _text_columns(value: Any) -> Any:
    cells = _columns(value)
    return {
        name: ["" if cell is None else str(cell) for cell in column]
        for name, column in cells.items()
    }


#: Columns of any cells.
Table = Annotated[dict[str, list[Any]], BeforeValidator(_columns)]
#: Columns whose cells are text; others become it.
TextTable = Annotated[dict[str, list[str]], BeforeValidator(_text_columns)]
