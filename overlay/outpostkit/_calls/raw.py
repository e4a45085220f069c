"""Calls of a plan that give the whole answer: status, headers, request id, body as received."""

from typing import TYPE_CHECKING, Any, Awaitable, Callable, TypeVar

if TYPE_CHECKING:
    from outpost_api.request import RequestPlan
    from outpost_api.response import Response

S = TypeVar("S")
E = TypeVar("E")


class RawCalls:
    """``Client.call``, giving the answer as a whole."""

    def __init__(self, answer: "Callable[[RequestPlan[Any, Any]], Response[Any, Any]]") -> None:
        self._answer = answer

    def call(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        """Send a plan and return the answer, a success; errors as :meth:`Client.call`."""
        return self._answer(plan)


class AsyncRawCalls:
    """``AsyncClient.call``, giving the answer as a whole."""

    def __init__(
        self, answer: "Callable[[RequestPlan[Any, Any]], Awaitable[Response[Any, Any]]]"
    ) -> None:
        self._answer = answer

    async def call(self, plan: "RequestPlan[S, E]") -> "Response[S, E]":
        """Send a plan and return the answer, a success; errors as :meth:`Client.call`."""
        return await self._answer(plan)
