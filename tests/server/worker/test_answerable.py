"""A deployment is healthy only when there is a request that it can answer."""

from __future__ import annotations

import pytest

TYPES = """
import dataclasses
import typing
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from fastapi import Body, Depends, Query, WebSocket
from outpost_runtime import post
from pydantic import BaseModel
from typing_extensions import TypedDict
if typing.TYPE_CHECKING:
    from nowhere import Nope
X = TypeVar("X")
class Box(BaseModel, Generic[X]):
    held: X
class In(BaseModel):
    a: "Nope"
@dataclass
class Part:
    a: "list[Nope]"
class Whole(BaseModel):
    part: Part
class Keys(TypedDict):
    a: "Nope"
class Asks:
    def __init__(self, q: "Nope"): ...
class Called:
    def __call__(self, q: "Nope"): ...
def asks(data: In): ...
def wants(a: 5): ...
def plain(function):
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)
    return wrapper
"""


def failure(api, body):
    endpoint = api.failed(f"{TYPES}class T:\n    {body}\n", "T")

    return endpoint.messages("dep")[-1]


@pytest.mark.parametrize("kind", [
    "In", "list[In]", "In | None", "dict[str, In]", "Box[In]", "Part", "Whole", "Keys",
    "Annotated[In, Query()]", "Annotated[In, Body(embed=True)]",
])  # fmt: skip
def test_a_type_that_names_what_is_not_there_is_a_failed_deployment(api, kind):
    """However deep it stands in what the parameter takes."""
    message = failure(api, f"def predict(self, data: {kind}): return 1")

    assert "The parameter 'data' of 'predict' is of a type that names 'Nope'" in message
    assert "Define or import it on the top level of the module" in message


@pytest.mark.parametrize(("body", "told"), [
    ("def predict(self, c: Asks = Depends()): return 1", "the parameter 'q' of 'Asks'"),
    ("def predict(self, c=Depends(Asks)): return 1", "the parameter 'q' of 'Asks'"),
    ("def predict(self, c=Depends(Called())): return 1", "the parameter 'q' of 'Called'"),
    ("def predict(self, c=Depends(asks)): return 1", "The parameter 'data' of 'asks'"),
    ("async def predict(self, w: WebSocket, c=Depends(Asks)): ...", "'q' of 'Asks'"),
    ("def predict(self): return 1\n    @post('/x')\n    def x(self, i: In): ...", "'i' of 'x'"),
    ("def predict(self) -> In: return 1", "The answer of 'predict' is of a type that names"),
])  # fmt: skip
def test_so_it_is_where_something_else_needs_it(api, body, told):
    """What is depended on, other routes, and answers."""
    message = failure(api, body)

    assert told in message
    assert "'Nope'" in message


@pytest.mark.parametrize(("body", "told"), [
    ("def predict(self, text: str, /): return 1", "The parameter 'text' of 'predict' is position"),
    ("def predict(self, *texts): return 1", "The parameter '*texts' of 'predict' stands for any"),
    ("def predict(self, **texts: str): return 1", "The parameter '**texts' of 'predict' stands"),
    ("@plain\n    def predict(self, a: int): return 1", "with functools.wraps"),
    ("def predict(self, c=Depends(plain(asks))): return 1", "'*args' of 'wrapper'"),
])  # fmt: skip
def test_a_parameter_that_no_name_reaches_is_a_failed_deployment(api, body, told):
    """A request gives each by its name."""
    assert told in failure(api, body)


@pytest.mark.parametrize(("kind", "told"), [
    ("any", "The annotation 'any' of the parameter 'data' of 'predict' is no type that"),
    ("5", "The annotation '5' of the parameter 'data' of 'predict' is no type that"),
    ("[int]", "of the parameter 'data' of 'predict' is no type that"),
    ("Annotated[int, Query(default=1)]", "The parameter 'data' of 'predict' cannot be served: "),
    ("Annotated[int, Depends(wants)]", "The annotation '5' of the parameter 'a' of 'wants' is no"),
    ("Annotated[int, Depends(int)]", "The parameter 'data' of 'predict' cannot be served: "),
])  # fmt: skip
def test_an_annotation_that_is_no_type_is_named(api, kind, told):
    """Among the parameters that are as they should be."""
    assert told in failure(api, f"def predict(self, a: int, data: {kind}): return 1")


NESTED = """
from dataclasses import dataclass
from pydantic import BaseModel
class T:
    class Outer(BaseModel):
        inner: "Inner"
        part: "Part"
        later: "Later"
    class Inner(BaseModel):
        a: int
    @dataclass
    class Part:
        inner: "Inner"
    def predict(self, data: Outer) -> dict:
        return data.model_dump()
class Later(BaseModel):
    a: int
"""


def test_models_within_the_class_may_name_each_other(api):
    """And those that come after them in the file."""
    endpoint = api.deployed(NESTED, "T")
    data = {"inner": {"a": 1}, "part": {"inner": {"a": 2}}, "later": {"a": 3}}

    assert endpoint.predict(json=data).json() == data
