"""Tables in requests, as columns or as rows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from outpost_runtime.tables import Table, TextTable

COLUMNS = {"city": ["Paris", "Rome"], "people": [2, None]}
ROWS = [{"city": "Paris", "people": 2}, {"city": "Rome"}]


@pytest.mark.parametrize("given", [COLUMNS, ROWS, {"data": COLUMNS}], ids=str)
def test_columns_and_rows_are_the_same_table(given: Any) -> None:
    """Cells that a row does not have are empty."""
    assert TypeAdapter(Table).validate_python(given) == COLUMNS


def test_cells_become_text_where_a_model_reads_text() -> None:
    """Those that are empty become the empty text."""
    table = TypeAdapter(TextTable).validate_python(COLUMNS)

    assert table == {"city": ["Paris", "Rome"], "people": ["2", ""]}


@pytest.mark.parametrize("given", [{}, [], 5, {"a": 5}, {"a": [1], "b": []}], ids=str)
def test_what_is_no_table_is_refused(given: Any) -> None:
    """Also columns of different length."""
    with pytest.raises(ValidationError):
        TypeAdapter(Table).validate_python(given)
