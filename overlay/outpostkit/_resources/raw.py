"""The methods of a resource, giving the whole answer: status, headers, request id, body.

When a program runs, :class:`RawMethods` finds the methods by name. For type checkers, every class
has a list of those that ask once, whose types are derived from the methods themselves.
"""

import copy
import functools
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Callable, Coroutine, Generic, List, TypeVar

from outpost_api.later import later
from outpostkit.exceptions import ConfigurationError

if TYPE_CHECKING:
    from typing_extensions import Concatenate, ParamSpec

    from outpost_api import response
    from outpost_api.models import Error
    from outpost_api.response import Response

    P = ParamSpec("P")
    T = TypeVar("T")

    class Answer(Generic[P, T]):
        """A method whose answer is given as a whole."""

        def __init__(self, method: Callable[Concatenate[Any, P], T]) -> None: ...
        def __get__(self, raw: object, owner: object) -> Callable[P, Response[T, Error]]: ...

    class Awaited(Generic[P, T]):
        """The same of a method that is awaited."""

        def __init__(
            self, method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]]
        ) -> None: ...
        def __get__(
            self, raw: object, owner: object
        ) -> Callable[P, Coroutine[Any, Any, Response[T, Error]]]: ...
else:
    response = later("outpost_api.response")


class RawMethods:
    """The methods of a resource, giving the answer as a whole.

    ``endpoint.with_raw_response.get()`` takes the arguments of ``endpoint.get()`` and returns a
    ``Response`` whose ``.parsed`` is what that would return; it is awaited when that is. Of a
    method that asks several times the last answer is given.
    """

    def __init__(self, resource: Any) -> None:
        self._resource = resource

    def __dir__(self) -> List[str]:
        return [name for name in dir(type(self._resource)) if not name.startswith("_")]

    # The type of a method's answer cannot be derived from its name; annotate what you receive:
    # Response[EndpointResource, Error].
    def __getattr__(self, name: str) -> "Callable[..., Any]":
        method = getattr(type(self._resource), name)
        if name.startswith("_") or not callable(method):
            raise AttributeError(f"{type(self._resource).__name__}.{name} is not a method")

        @functools.wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            answers: List[Response[Any, Any]] = []
            resource = copy.copy(self._resource)
            client = resource._client
            resource._client = client._with_calls(client._calls.recording(answers))
            value = method(resource, *args, **kwargs)
            if not isawaitable(value):
                return _with_value(answers, value, name)

            async def finish() -> Any:
                return _with_value(answers, await value, name)

            return finish()

        return call


def _with_value(answers: "List[response.Response[Any, Any]]", value: Any, name: str) -> Any:
    from outpost_api.response import Response

    if not answers:
        raise ConfigurationError(
            f"{name}() has no single answer to give as a whole; call it without with_raw_response"
        )
    last = answers[-1]
    return Response(last.operation, last.http_response, value)
