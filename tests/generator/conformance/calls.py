"""From drawn JSON values to a call of a generated function, and back from its answer."""

from __future__ import annotations

import importlib
import json
import random
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import httpx

from tests.generator.conformance.documents import Described
from tests.generator.conformance.judge import is_json, is_structured
from tests.generator.conformance.values import Undrawable, Values

#: Header parameters of these names are not parameters, says the specification.
IGNORED_HEADERS = ("accept", "content-type", "authorization")


@dataclass
class Call:
    """One call: what was drawn, and the arguments made of it."""

    drawn: dict[tuple[str, str], Any] = field(default_factory=dict)
    media_type: str | None = None
    body: Any = None
    has_body: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)


class Package:
    """A generated package, and the values that are drawn for it."""

    def __init__(self, name: str, document: dict[str, Any]) -> None:
        self.values = Values(document)
        self.lenient = importlib.import_module(f"{name}.lenient")
        self.codec = importlib.import_module(f"{name}.codec")
        self.types = importlib.import_module(f"{name}.types")
        self.client = importlib.import_module(f"{name}.client")
        listed = importlib.import_module(f"{name}.operations").OPERATIONS.values()
        self.operations = {(info.method.lower(), info.path): info for info in listed}

    def calls(self, operation: Described, count: int, chance: random.Random) -> Iterator[Call]:
        """Yield calls: what is required alone, then everything, then some of both.

        Raises:
            Undrawable: no allowed value is known for something that is required.
        """
        info = self.operations[operation.method, operation.path]
        hints = typing.get_type_hints(info.load().plan)
        names = {(each.location, each.wire_name): each.name for each in info.parameters}
        for number in range(count):
            call = Call()
            for key, parameter in operation.parameters.items():
                place, name = key
                if place == "header" and name.lower() in IGNORED_HEADERS:
                    continue
                required = parameter.get("required") or place == "path"
                if not required and (number == 0 or (number > 1 and chance.random() < 0.5)):
                    continue
                value = self._sendable(parameter, place, chance, whole=number == 1)
                call.drawn[key] = value
                argument = names[key]
                call.arguments[argument] = self._converted(hints[argument], value)
            self._add_body(call, operation, hints, number, chance)
            yield call

    def _sendable(
        self, parameter: dict[str, Any], place: str, chance: random.Random, *, whole: bool
    ) -> Any:
        schema = parameter.get("schema")
        if schema is None:
            content = next(iter(parameter.get("content", {}).values()), {})
            schema = content.get("schema", {"type": "string"})
        for _ in range(40):
            value = self.values.draw(schema, chance, sent=None, whole=whole)
            written = json.dumps(value, ensure_ascii=False)
            if place == "path" and (value in ("", ".", "..", None, [], {}) or '""' in written):
                continue  # refused before sending: it would be another path
            if parameter.get("x-multi-segment") and {"", ".", ".."} & set(str(value).split("/")):
                continue
            if place == "header" and (not written.isascii() or value in ("", None)):
                continue  # refused before sending, too
            if isinstance(value, str) and place == "header" and value != value.strip():
                continue  # servers strip headers
            if value is None or value == [] or value == {} or value == "":
                continue  # nothing of it is seen in a query
            is_joined = place != "query" or not parameter.get("explode", True)
            if is_joined and isinstance(value, (list, dict)) and {*",| "} & {*_texts(value)}:
                continue  # servers split after decoding: no delimiter can be part of an item
            if parameter.get("style") == "label" and "." in _texts(value):
                continue  # the delimiter again, which nothing encodes
            return value
        raise Undrawable(f"{parameter['name']}: nothing that a {place} can hold")

    def _add_body(
        self,
        call: Call,
        operation: Described,
        hints: dict[str, Any],
        number: int,
        chance: random.Random,
    ) -> None:
        content = operation.body.get("content") or {}
        if not content or (number == 0 and not operation.body.get("required")):
            return
        call.media_type = list(content)[number % len(content)]
        media = content[call.media_type]
        call.has_body = True
        kind = call.media_type.partition(";")[0]
        if is_structured(kind):
            schema = media.get("schema", {})
            call.body = self.values.draw(schema, chance, sent=True, whole=number == 1)
            if not is_json(kind) and not isinstance(call.body, dict):
                raise Undrawable(f"{kind}: a form has fields")
            hint = self._for_media_type(hints["body"], call.body)
            argument = self._converted(hint, call.body)
            if kind == "multipart/form-data":
                argument = self._with_files(argument)
        elif kind.startswith("multipart/"):
            raise Undrawable(f"{kind}: no form")
        else:
            call.body = f"bytes of {call.media_type}"
            argument = call.body.encode() if not kind.startswith("text/") else call.body
        call.arguments["body"] = argument
        if "media_type" in hints and "media_type" not in call.arguments:
            call.arguments["media_type"] = (
                "image/png" if call.media_type in ("*/*", "image/*") else call.media_type
            )

    def _converted(self, hint: Any, value: Any) -> Any:
        members = [
            each for each in typing.get_args(hint) or (hint,) if each is not self.types.Unset
        ]
        kept = typing.Union[tuple(members)] if typing.get_origin(hint) is typing.Union else hint  # noqa: UP007
        return self.lenient.convert(kept, value)

    def _for_media_type(self, hint: Any, drawn: Any) -> Any:
        """Return the class of the body that has the drawn fields; a user would name it."""
        models = [each for each in typing.get_args(hint) if self.lenient.is_model(each)]
        if len(models) < 2 or not isinstance(drawn, dict):
            return hint
        fits = [each for each in models if set(drawn) <= _wire_names(each)]
        return min(fits, key=lambda each: len(_wire_names(each))) if len(fits) == 1 else hint

    def _with_files(self, value: Any) -> Any:
        """Return a form whose binary fields are files."""
        cls = type(value)
        if not self.lenient.is_model(cls):
            return value
        for name, annotation in typing.get_type_hints(cls).items():
            held = getattr(value, name, None)
            if self.types.File in _leaves(annotation):
                if isinstance(held, str):
                    setattr(value, name, self._file(held))
                elif isinstance(held, list):
                    setattr(value, name, [self._file(each) for each in held])
        return value

    def _file(self, content: str) -> Any:
        return self.types.File(content.encode(), filename="a.bin")

    def send(self, module: ModuleType, call: Call, answer: httpx.Response) -> tuple[Any, Any]:
        """Return the request that the call makes, and the answer as the function returns it."""
        seen: list[httpx.Request] = []

        def respond(request: httpx.Request) -> httpx.Response:
            request.read()
            seen.append(request)
            return answer

        transport = httpx.MockTransport(respond)
        client = self.client.Client("t", http_client=httpx.Client(transport=transport))
        returned = module.sync_detailed(client=client, **call.arguments)
        return seen[0], returned


def _texts(value: Any) -> str:
    """Return all names and values of a parameter in one text."""
    if isinstance(value, dict):
        return "".join(map(str, [*value, *value.values()]))
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _wire_names(cls: Any) -> set[str]:
    return {cls.__wire_names__.get(name, name) for name in cls.__annotations__}


def _leaves(annotation: Any) -> set[Any]:
    inner = typing.get_args(annotation)
    return {leaf for each in inner for leaf in _leaves(each)} if inner else {annotation}
