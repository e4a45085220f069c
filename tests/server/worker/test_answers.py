"""What a template may return: values of the libraries of its field, and what is said of others."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from typing import Any

import httpx
import pytest

from outpost_server.worker.answers import to_answer
from outpost_server.worker.app import build_app
from outpost_server.worker.loading.template import load_template

TEMPLATE = """
from dataclasses import dataclass
from typing import Any
from fastapi import BackgroundTasks, Response
from pydantic import BaseModel
from outpost_runtime import post

try:
    import numpy as np
except ImportError:
    pass
try:
    from PIL import Image
except ImportError:
    pass


class Box(BaseModel):
    scores: Any = None
    label: str = ""

@dataclass
class Pair:
    first: Any
    second: Any


class Answers:
    def predict(self, code: str) -> Any:
        return eval(code)

    @post("/async")
    async def waited(self, code: str):
        return eval(code)

    @post("/floats")
    def floats(self, code: str) -> list[float]:
        return eval(code)

    @post("/box")
    def box(self, code: str) -> Box:
        return eval(code)

    @post("/headers")
    def headers(self, response: Response, tasks: BackgroundTasks):
        response.status_code, response.headers["x-made"] = 201, "yes"
        return {"a": 1}
"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that has the template evaluate some code and sends what it is."""
    path = tmp_path / "template.py"
    path.write_text(TEMPLATE)
    app = build_app(load_template(path, "Answers"), path)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    async def post(code: str, route: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url="http://replica") as client:
            return await client.post(route, params={"code": code})

    def ask(code: str, route: str = "/predict") -> httpx.Response:
        return asyncio.run(post(code, route))

    return ask


NUMPY = {
    "np.zeros(2)": [0.0, 0.0],
    "np.arange(4).reshape(2, 2)": [[0, 1], [2, 3]],
    "{'score': np.float32(0.5)}": {"score": 0.5},
    "[np.bool_(True), np.int64(3), np.str_('a'), np.float64(1.5)]": [True, 3, "a", 1.5],
    "{np.int64(1): 'one', np.str_('two'): 2}": {"1": "one", "two": 2},
    "[np.datetime64('2026-01-02'), np.datetime64('NaT')]": ["2026-01-02T00:00:00", None],
    "np.array(['2026-01-02T03:04:05'], 'datetime64[ns]')": ["2026-01-02T03:04:05"],
    "(np.int8(1), {'a': [np.zeros(1)]})": [1, {"a": [[0.0]]}],
    "Pair(np.zeros(1), 'x')": {"first": [0.0], "second": "x"},
    "Box(scores=np.ones(1))": {"scores": [1.0], "label": ""},
    "[Box(scores={'a': np.float32(2)})]": [{"scores": {"a": 2.0}, "label": ""}],
    "np.array([1, 'a', None], dtype=object)": [1, "a", None],
}


@pytest.mark.parametrize("code", NUMPY)
@pytest.mark.parametrize("route", ["/predict", "/async"])
def test_values_of_numpy_are_sent_as_what_they_hold(ask, code, route):
    """Wherever they are in the answer, a template need not convert them."""
    pytest.importorskip("numpy")

    response = ask(code, route)

    assert (response.status_code, response.json()) == (200, NUMPY[code])


@pytest.mark.parametrize(("route", "code", "answer"), [
    ("/floats", "np.ones(2, 'float32')", [1.0, 1.0]),
    ("/floats", "[np.float16(2)]", [2.0]),
    ("/box", "{'scores': np.ones(1)}", {"scores": [1.0], "label": ""}),
    ("/box", "Box(scores=[np.int64(4)])", {"scores": [4], "label": ""}),
])  # fmt: skip
def test_they_may_be_where_an_annotation_says_what_the_answer_is(ask, route, code, answer):
    """FastAPI checks the answer after it has been converted."""
    pytest.importorskip("numpy")

    response = ask(code, route)

    assert (response.status_code, response.json()) == (200, answer)


@pytest.mark.parametrize(("code", "told"), [
    ("{'scores': [{'p': float('nan')}]}", ["nan", "scores[0].p", "None"]),
    ("[1.0, float('inf')]", ["inf", "[1]"]),
    ("float('-inf')", ["-inf", "as a whole"]),
    ("{'z': [1j]}", ["complex", "z[0]"]),
    ("{'raw': b'\\xff'}", ["bytes", "raw", "base64"]),
    ("{'a': {'b': object()}}", ["object", "a.b"]),
    ("{'f': [max, lambda: 1]}", ["builtin_function", "f[0]"]),
    ("{'f': lambda: 1}", ["function", "at f"]),
    ("{'k': dict}", ["type", "at k"]),
    ("__import__('json')", ["module", "as a whole"]),
    ("(lambda a: a.append(a) or a)([])", ["contains itself"]),
    ("(lambda a: a.update(me=(a,)) or a)({})", ["contains itself"]),
])  # fmt: skip
def test_what_cannot_be_sent_is_an_error_that_says_where_it_is(ask, code, told):
    """The message names the value, its place and the way out, not what the server tried."""
    response = ask(code)

    assert (response.status_code, response.json()["code"]) == (500, "prediction_failed")
    assert all(word in response.json()["message"] for word in told)


def test_nan_in_an_array_is_found(ask):
    """Also there it is the place that is named."""
    pytest.importorskip("numpy")

    message = ask("{'logits': np.array([[0.0, np.nan]])}").json()["message"]

    assert "nan at logits[0][1]" in message


def test_an_image_is_sent_as_a_png(ask):
    """The answer itself is the file; within an answer it is a data URL."""
    image_module = pytest.importorskip("PIL.Image")

    whole = ask("Image.new('CMYK', (3, 2))")
    within = ask("{'image': Image.new('RGB', (3, 2))}").json()["image"]

    assert whole.headers["content-type"] == "image/png"
    head, _, encoded = within.partition(",")
    assert head == "data:image/png;base64"
    for data in (whole.content, base64.b64decode(encoded)):
        assert image_module.open(io.BytesIO(data)).size == (3, 2)


class Tensor:
    """What the conversion uses of a tensor of torch."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def tolist(self) -> list[Any]:
        return self._items


def test_a_tensor_is_taken_from_its_device():
    """Also one that is part of a graph, which has no list before it is detached."""
    assert to_answer({"logits": Tensor([1.5])}) == {"logits": [1.5]}


def test_what_pandas_holds_is_sent_as_rows():
    """What it calls missing is null."""
    pandas = pytest.importorskip("pandas")

    table = pandas.DataFrame({"a": [1, 2], "b": [0.5, None]})

    assert to_answer({"rows": table}) == {"rows": [{"a": 1, "b": 0.5}, {"a": 2, "b": None}]}
    assert to_answer(table["b"]) == [0.5, None]
    assert to_answer([pandas.NA, pandas.NaT]) == [None, None]


def test_plain_answers_and_what_fastapi_knows_are_what_they_were(ask):
    """Sets, paths, dates, decimals and generators included."""
    code = (
        "[{'a': (1, 2)}, {3}, __import__('pathlib').Path('a'), __import__('decimal').Decimal('2'),"
        "__import__('datetime').date(2026, 1, 2), (n for n in [1]), b'text', None, {1: 2, None: 3}]"
    )

    answer = [{"a": [1, 2]}, [3], "a", 2, "2026-01-02", [1], "text", None, {"1": 2, "null": 3}]
    assert ask(code, "/async").json() == answer


def test_what_a_template_sets_on_its_response_stays(ask):
    """The answer is still FastAPI's to make."""
    response = ask("", "/headers")

    assert (response.status_code, response.headers["x-made"]) == (201, "yes")
    assert json.loads(response.content) == {"a": 1}
