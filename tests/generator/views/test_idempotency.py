"""Whether an operation may be sent again, and how one call of it may be."""

from collections.abc import Callable
from typing import Any

import pytest

from outpost_generator.errors import GenerationFailed

PATH = """
/a:
  {method}:
    operationId: op
    {marked}
    parameters:
      - {{name: idempotency-key, in: header, schema: {{type: string}}}}
      - {{name: X-Request-Key, in: header, schema: {{type: string}}}}
      - {{name: Other, in: query, schema: {{type: string}}}}
"""


@pytest.mark.parametrize(
    ("method", "marked", "expected"),
    [
        ("get", "", True),
        ("put", "", True),
        ("delete", "", True),
        ("post", "", False),
        ("patch", "", False),
        ("post", "x-idempotent: true", True),
        ("put", "x-idempotent: false", False),
    ],
)
def test_whether_an_operation_may_be_sent_twice_is_data(
    generate: Callable[..., Any], method: str, marked: str, expected: bool
) -> None:
    """A method says it, unless the document says something else."""
    api = generate(PATH.format(method=method, marked=marked))

    assert api.op.OPERATION.idempotent is expected
    assert ("idempotent=" in api.source("api/default/op.py")) is bool(marked)


def test_a_mark_that_is_neither_true_nor_false_is_a_problem(generate: Callable[..., Any]) -> None:
    """In quotes, false would be a text, and the request would be sent again."""
    with pytest.raises(GenerationFailed, match="'false' is neither"):
        generate(PATH.format(method="put", marked='x-idempotent: "false"'))


def test_the_settings_go_before_the_document(generate: Callable[..., Any]) -> None:
    """They are for documents that one cannot change."""
    marked = PATH.format(method="put", marked="x-idempotent: true")

    assert generate(marked, config={"idempotent": {"op": False}}).op.OPERATION.idempotent is False


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("", "idempotency-key"),
        ("x-idempotency-key: true", "idempotency-key"),
        ("x-idempotency-key: x-request-key", "X-Request-Key"),
        ("x-idempotency-key: false", None),
        ("x-idempotent: false", None),
    ],
)
def test_the_header_of_the_key_is_data(
    generate: Callable[..., Any], marked: str, expected: str | None
) -> None:
    """It is the one with the usual name, unless the document names another, or none."""
    api = generate(PATH.format(method="post", marked=marked))

    assert api.op.OPERATION.idempotency_header == expected


def test_an_operation_without_such_a_header_has_no_key(generate: Callable[..., Any]) -> None:
    """A mark alone does not make one."""
    api = generate("/a: {post: {operationId: op, x-idempotency-key: true}}")

    assert api.op.OPERATION.idempotency_header is None


def test_a_header_that_is_not_there_is_a_problem(generate: Callable[..., Any]) -> None:
    """The name in the document is a mistake then, such as that of a query parameter."""
    with pytest.raises(GenerationFailed, match="no header parameter 'Other'") as caught:
        generate(PATH.format(method="post", marked="x-idempotency-key: Other"))

    assert caught.value.problems[0].pointer == "#/paths/~1a/post/x-idempotency-key"
