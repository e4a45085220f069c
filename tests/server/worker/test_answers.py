"""What a template may return: values of the libraries of its field, and what is said of others."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import re
from typing import Any

import httpx
import pytest

from outpost_server.worker.answers.conversion import to_answer
from outpost_server.worker.answers.refused import AnswerError
from outpost_server.worker.app import build_app
from outpost_server.worker.loading.template import load_template

TEMPLATE = """
import asyncio
import collections
import enum
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any
from fastapi import BackgroundTasks, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, computed_field, field_serializer
from pydantic.dataclasses import dataclass as pydantic_dataclass
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

class Own:
    def __init__(self, **attributes):
        vars(self).update(attributes)

    @property
    def scores(self):
        return self.held

class Open(BaseModel):
    model_config = ConfigDict(extra="allow")

class Counted(BaseModel):
    held: Any

    @computed_field
    def total(self) -> Any:
        return getattr(np, self.held)(3)

class Drawn(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    own: Own

    @field_serializer("own")
    def drawn(self, own):
        return own.held

@pydantic_dataclass(config=ConfigDict(arbitrary_types_allowed=True))
class Sketched:
    own: Own

    @field_serializer("own")
    def drawn(self, own):
        return own.held

class Colour(enum.Enum):
    RED = 1
    DAY = date(2026, 1, 2)
    try:
        SEEN = np.int64(2)
    except NameError:
        pass

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

    @post("/own")
    async def own(self, code: str) -> Own:
        return eval(code)

    @post("/texts")
    def texts(self, code: str) -> list[str]:
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
    "SimpleNamespace(a=np.int64(1), b=[Own(c=np.zeros(1))])": {"a": 1, "b": [{"c": [0.0]}]},
    "collections.deque([np.float32(1)])": [1.0],
    "(np.int64(number) for number in [1, 2])": [1, 2],
    "Open(extra=np.int64(3))": {"extra": 3},
    "{Colour.SEEN: [Colour.SEEN]}": {"2": [2]},
    "[np.longdouble(0.5), np.ones(1, 'longdouble')]": [0.5, [1.0]],
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
    ("/own", "Own(held=np.ones(1))", {"held": [1.0]}),
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
    ("[JSONResponse({})]", ["JSONResponse", "[0]", "the whole answer"]),
    ("{'e': ValueError('x')}", ["a ValueError", "at e", "raise it"]),
    ("{'f': io.BufferedReader(io.BytesIO())}", ["BufferedReader", "at f", ".read()"]),
    ("[io.StringIO('a')]", ["StringIO", "[0]", ".read()"]),
    ("[(lambda never: never.close() or never)(asyncio.sleep(0))]", ["a coroutine", "[0]", "await"]),
    ("SimpleNamespace(f=partial(print))", ["functools.partial", "at f"]),
    ("[Decimal('NaN'), 1]", ["nan", "[0]"]),
    ("{'d': Decimal('1e400')}", ["inf", "at d"]),
    ("{'a': {1: 'one', '1': 'two'}}", ["the keys 1 and '1'", "at a"]),
    ("{'a': {(1, 2): 3}}", ["the key (1, 2)", "at a"]),
    ("{'a': ['b', 'half \\ud83d']}", ["half a character", "'\\ud83d'", "a[1]"]),
    ("{'half \\ud83d': 1}", ["half a character", "at 'half \\ud83d'"]),
    ("(lambda a: a.append(a) or a)([])", ["contains itself"]),
    ("(lambda a: a.update(me=(a,)) or a)({})", ["contains itself"]),
])  # fmt: skip
def test_what_cannot_be_sent_is_an_error_that_says_where_it_is(ask, code, told):
    """The message names the value, its place and the way out, not what the server tried."""
    response = ask(code)

    assert (response.status_code, response.json()["code"]) == (500, "prediction_failed")
    assert all(word in response.json()["message"] for word in told)


@pytest.mark.parametrize(("code", "told"), [
    ("Counted(held='int64')", ["a numpy.int64", "at total"]),
    ("[Open(a=1), Open(b=SimpleNamespace(c=1))]", ["a types.SimpleNamespace", "[1].b"]),
    ("np.clongdouble(1)", ["numpy.clongdouble", "abs(...)"]),
])  # fmt: skip
@pytest.mark.parametrize("route", ["/predict", "/async"])
def test_what_pydantic_cannot_send_is_an_error_that_says_where_it_is(ask, route, code, told):
    """Also what a model makes only while it is sent, or keeps for its own serializers."""
    pytest.importorskip("numpy")

    response = ask(code, route)

    assert (response.status_code, response.json()["code"]) == (500, "prediction_failed")
    assert all(word in response.json()["message"] for word in told)


def test_an_answer_that_is_not_as_annotated_is_told_by_its_place(ask):
    """Neither a file of the server nor a line is named."""
    response = ask("['a', 1, {}, 2, 3, None]", "/texts")

    assert (response.status_code, response.json()["code"]) == (500, "prediction_failed")
    assert response.json()["message"] == (
        "The answer is not what the annotation of the method says, at [1]: Input should be a valid "
        "string (it is 1); at [2]: Input should be a valid string (it is {}); at [3]: Input should "
        "be a valid string (it is 2); and 2 more. Return that, or annotate what is returned."
    )
    told = ask("['half \\ud83d']", "/texts").json()["message"]
    assert "half a character, '\\ud83d', at [0]" in told


@pytest.mark.parametrize(("code", "answer"), [
    ("zip([1], [2])", [[1, 2]]),
    ("map(str, [1, 2])", ["1", "2"]),
    ("[{'a': 1}.items(), {'a': 1}.values(), range(2)]", [[["a", 1]], [1], [0, 1]]),
    ("SimpleNamespace(a=Own(b=(1,)))", {"a": {"b": [1]}}),
    ("{Colour.RED: [Colour.RED, Colour.DAY], date(2026, 1, 2): 1}",
     {"1": [1, "2026-01-02"], "2026-01-02": 1}),
    ("[0.5, 10**400]", [0.5, 10**400]),
    ("Drawn(own=Own(held=1))", {"own": 1}),
])  # fmt: skip
@pytest.mark.parametrize("route", ["/predict", "/async"])
def test_what_can_be_sent_is_sent_as_what_it_holds(ask, route, code, answer):
    """Iterators are lists, objects have their attributes, and models send what they say."""
    response = ask(code, route)

    assert (response.status_code, response.json()) == (200, answer)


def test_a_dataclass_of_pydantic_sends_what_its_serializers_say(ask):
    """Its objects are theirs, as those of a model."""
    assert ask("[Sketched(own=Own(held=1))]").json() == [{"own": 1}]


def test_a_model_reads_the_properties_of_an_object(ask):
    """As FastAPI has it do where an annotation says that the answer is one."""
    assert ask("Own(held=[1])", "/box").json() == {"scores": [1], "label": ""}


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


@pytest.mark.parametrize(("make", "told"), [
    (lambda pandas: pandas.DataFrame([[1, 2]], columns=["a", "a"]), "one column 'a' at rows"),
    (lambda pandas: pandas.DataFrame([[1, 2]], columns=["1", 1]), "keys '1' and 1 at rows[0]"),
    (lambda pandas: pandas.DataFrame({"a": [1]}).groupby("a"), "DataFrameGroupBy at rows"),
])  # fmt: skip
def test_a_table_that_would_lose_something_is_an_error(make, told):
    """Rows are objects, which have each name once; a table in groups has no rows."""
    pandas = pytest.importorskip("pandas")

    with pytest.raises(AnswerError, match=re.escape(told)):
        to_answer({"rows": make(pandas)})


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
