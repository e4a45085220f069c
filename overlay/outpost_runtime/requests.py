"""Reading what people's clients send into one typed request.

Read are JSON as ``{"inputs": ..., "parameters": {...}}`` and with the same fields side by side, in
the words of the task; forms with files; and the input alone as the body, as text or bytes.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, Union, get_args, get_origin

from fastapi.exceptions import RequestValidationError
from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationError,
)
from pydantic.fields import FieldInfo
from starlette.requests import Request

from outpost_runtime.body import Body, read_body

Value = TypeVar("Value")
#: Where an OpenAPI document holds schemas, and a file in a form or as a body.
SCHEMAS = "#/components/schemas/"
BINARY = {"type": "string", "format": "binary"}
ONE, MORE = "outpost-one", "outpost-more"

#: One value, or a list of them. What is wrong is told of the one or of the element only.
OneOrMore = Annotated[
    Union[Annotated[Value, Tag(ONE)], Annotated[list[Value], Tag(MORE)]],
    Discriminator(lambda value: MORE if isinstance(value, list) else ONE),
]

#: The names that texts may have in a request.
TEXT_NAMES = AliasChoices("inputs", "documents", "text", "texts")
#: One text or a list of them, under any of these names.
Texts = Annotated[OneOrMore[str], Field(validation_alias=TEXT_NAMES)]


class Parameters(BaseModel):
    """How to answer. A field that is not among them is refused, by its name.

    Parameters do not change and can be compared, which lets requests with equal ones share a
    batch.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class NoParameters(Parameters):
    """There is nothing to choose."""


Choices = TypeVar("Choices", bound=BaseModel)


class TaskRequest(BaseModel, Generic[Choices]):
    """A request of a task: ``inputs``, and how to answer it.

    A template inherits from ``TaskRequest[Parameters]`` and gives ``inputs`` its type, and as
    ``validation_alias`` the other names that it may have. ``predict`` takes it as its argument,
    and any method of a route does; elsewhere in FastAPI it is ``Depends(Request.read)``.

    >>> class Words(TaskRequest[NoParameters]):
    ...     inputs: OneOrMore[str] = Field(validation_alias=AliasChoices("inputs", "words"))
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    #: The field that the body is when it is neither JSON nor a form.
    raw_field: ClassVar[str] = "inputs"

    parameters: Choices = Field(default_factory=dict, validate_default=True)
    _accept: str = PrivateAttr(default="*/*")

    @property
    def accept(self) -> str:
        """The ``Accept`` header of the request, for :func:`choose_media_type`."""
        return self._accept

    @classmethod
    async def read(cls, request: Request) -> Self:
        """Return what a request asks for, in whichever form it came.

        Raises:
            RequestValidationError: it cannot be understood; FastAPI answers 422, naming the field.
        """
        body = await read_body(request)
        found = cls.from_body(body)
        found._accept = request.headers.get("accept", "*/*")
        return found

    @classmethod
    def from_body(cls, body: Body) -> Self:
        """Return what a body asks for. See :meth:`read`."""
        data = body.fields
        if data is None:
            data = {cls.raw_field: body.raw_text() if cls.takes_text() else body.raw}
        # Clients that send every field of theirs send null for what was not chosen.
        data = cls.arrange({key: value for key, value in data.items() if value is not None})
        moved: set[tuple[str, str]] = set()
        for name, field in cls.model_fields.items():
            _gather(data, name, field, moved)
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            told = [_told(item, data, moved, cls._choices()) for item in error.errors()]
            raise RequestValidationError(_without_outer(told)) from None

    @classmethod
    def arrange(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Return the fields as they are to be read. For forms of a template's own."""
        return data

    @classmethod
    def takes_text(cls) -> bool:
        """Whether a body that is neither JSON nor a form is text, and not bytes."""
        return "contentEncoding" not in str(cls._raw_schema())

    @classmethod
    def _raw_schema(cls) -> dict[str, Any]:
        field = cls.model_fields.get(cls.raw_field)
        schema = cls.model_json_schema()["properties"]
        names = _names(cls.raw_field, field) if field else []
        return next((schema[name] for name in names if name in schema), {})

    @classmethod
    def _choices(cls) -> str:
        """Return the names of the parameters, for people."""
        model = _model_of(cls.model_fields["parameters"].annotation)
        return ", ".join(model.model_fields) if model else ""

    @classmethod
    def describe_body(cls) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the request body as OpenAPI describes it, and the schemas that it refers to."""
        schema = cls.model_json_schema(ref_template=f"{SCHEMAS}{{model}}")
        schemas = schema.pop("$defs", {})
        schemas[cls.__name__] = schema
        content: dict[str, Any] = {
            "application/json": {"schema": {"$ref": f"{SCHEMAS}{cls.__name__}"}}
        }
        raw = cls._raw_schema()
        if "contentEncoding" in str(schema):
            form = f"{cls.__name__}Form"
            schemas[form] = _as_form(schema, form)
            content["multipart/form-data"] = {"schema": {"$ref": f"{SCHEMAS}{form}"}}
        if "contentEncoding" in str(raw):
            content["application/octet-stream"] = {"schema": BINARY}
        elif "'string'" in str(raw):
            content["text/plain"] = {"schema": {"type": "string"}}
        return {"content": content, "required": True}, schemas


def _as_form(schema: dict[str, Any], title: str) -> dict[str, Any]:
    """Describe the same fields where files are sent as they are."""
    fields = {
        name: BINARY if "contentEncoding" in str(field) else field
        for name, field in schema["properties"].items()
    }
    return {**schema, "title": title, "properties": fields}


def _gather(data: dict[str, Any], name: str, field: FieldInfo, moved: set[tuple[str, str]]) -> None:
    """Move what stands beside a field and belongs into it, such as ``{"max_new_tokens": 5}``."""
    model = _model_of(field.annotation)
    if model is None:
        return
    given = next((known for known in _names(name, field) if known in data), None)
    if given is not None and (name != "parameters" or not isinstance(data[given], Mapping)):
        return
    inner = {known for key, item in model.model_fields.items() for known in _names(key, item)}
    beside = {key: data.pop(key) for key in list(data) if key in inner}
    if given is not None:
        own = {key: value for key, value in data.pop(given).items() if value is not None}
        data[name] = {**beside, **own}
    elif beside:
        data[name] = beside
    # All of it stands beside where there is no field: also what is missing then does.
    moved.update((name, key) for key in (beside if given is not None or not beside else inner))


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field holds, one or more of it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Annotated, Union, types.UnionType):
        return next((found for kind in get_args(annotation) if (found := _model_of(kind))), None)
    return None


def _names(name: str, field: FieldInfo) -> list[str]:
    """Return the names that a field may have in a request."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return [choice for choice in alias.choices if isinstance(choice, str)] + [name]
    return [alias, name] if isinstance(alias, str) else [name]


def _told(error: Any, data: Any, moved: set[tuple[str, str]], parameters: str) -> dict[str, Any]:
    """Return what is wrong as FastAPI tells it: the place as it was sent, and no contents."""
    place, message = _sent_place(error, data), error["msg"]
    if error["type"] == "extra_forbidden" and (place[0] == "parameters" or len(place) == 1):
        known = f"choose among {parameters}" if parameters else "there are none"
        message = f"there is no such parameter; {known}"
    if tuple(place[:2]) in moved:
        del place[0]
    return {"loc": ("body", *place), "msg": message, "type": error["type"]}


def _sent_place(error: Any, data: Any) -> list[str | int]:
    """Return where an error is, without the steps that name a choice among types."""
    place: list[str | int] = []
    value = data
    for number, step in enumerate(error["loc"], 1):
        is_missing = error["type"] == "missing" and number == len(error["loc"])
        is_there = isinstance(step, int) or (isinstance(value, Mapping) and step in value)
        if number == 1 or is_missing or is_there:
            place.append(step)
            value = value.get(step) if isinstance(value, Mapping) else _element(value, step)
    return place


def _element(value: Any, step: Any) -> Any:
    is_there = isinstance(value, list) and isinstance(step, int) and step < len(value)
    return value[step] if is_there else None


def _without_outer(errors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what another choice would have wanted, where one has been chosen and is wrong."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if not any(
            len(place) > len(error["loc"]) == _shared(place, error["loc"]) for place in places
        )
    ]


def _shared(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    """Return how many steps two places begin with in common."""
    pairs = zip(one, other, strict=False)
    return next(
        (number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )
