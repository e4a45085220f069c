"""Parameters that are declared once, for the blocking and the async method that take them."""

import sys
from types import FunctionType
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple, cast

if TYPE_CHECKING:
    from inspect import Signature
    from typing import TypeVar

    from typing_extensions import Concatenate, ParamSpec

    P = ParamSpec("P")
    R = TypeVar("R")
    F = TypeVar("F", bound=Callable[..., Any])


def takes(
    source: "Callable[Concatenate[Any, P], Any]",
) -> "Callable[[Callable[..., R]], Callable[Concatenate[Any, P], R]]":
    """Decorate a method that hands its arguments on to ``source``, another method.

    To type checkers, to ``help`` and to ``typing.get_type_hints`` it has the parameters of that
    one, and its own result.
    """

    def mark(method: "Callable[..., R]") -> "Callable[Concatenate[Any, P], R]":
        given = {name: hint for name, hint in source.__annotations__.items() if name != "return"}
        method.__annotations__ = {**given, "return": method.__annotations__["return"]}
        return shown_as(source)(method)

    return mark


def handed_on(
    source: "Callable[..., R]",
    args: Tuple[Any, ...],
    kwargs: Dict[str, Any],
    called: Optional[str] = None,
) -> "R":
    """Return what ``source`` makes of the arguments of a method that takes the same.

    ``called`` is its name; that of who calls this unless it is given.

    Raises:
        TypeError: they do not fit; it names the method that was called.
    """
    try:
        return source(*args, **kwargs)
    except TypeError as error:
        if error.__traceback__ is None or error.__traceback__.tb_next is not None:
            raise  # from within
        name = called or sys._getframe(1).f_code.co_name
        raise TypeError(f"{name}(){str(error).partition('()')[2]}") from None


def shown_as(source: Callable[..., Any]) -> "Callable[[F], F]":
    """Decorate a method that ``help`` is to show with the parameters of another one."""

    def mark(method: "F") -> "F":
        method.__wrapped__ = _Declared(source, method)  # type: ignore[attr-defined]  # for inspect
        return method

    return mark


class _Declared:
    """What ``inspect`` finds; made when it asks, as importing it takes long."""

    def __init__(self, source: Callable[..., Any], method: Callable[..., Any]) -> None:
        self._source = source
        self._method = method

    @property
    def __signature__(self) -> "Signature":
        from inspect import signature

        result = self._method.__annotations__["return"]
        return signature(self._source).replace(return_annotation=result)

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        # For who wants the source, or the modules that annotations name: the same function, which
        # leads nowhere further, where both know their names.
        method, source = cast("Any", self._method), cast("Any", self._source)
        names = {**source.__globals__, **method.__globals__}
        return FunctionType(method.__code__, names, method.__name__)
