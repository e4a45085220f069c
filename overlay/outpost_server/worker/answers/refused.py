"""What an answer holds and JSON cannot, with its place in the answer."""

from __future__ import annotations

from typing import Any

from outpost_server.log_files import well_formed


class AnswerError(TypeError):
    """An answer cannot be sent as JSON; the message says why and what to return instead."""


class Refused(Exception):
    """A value that cannot be sent: ``what`` it is, and the ``way_out``.

    Whoever holds the value adds the place as the exception passes, so that none is made for a value
    that can be sent.
    """

    def __init__(self, what: str, way_out: str) -> None:
        super().__init__(what)
        self._what = what
        self._way_out = way_out
        self._place = ""

    def within(self, step: str) -> None:
        """Add the step that leads to the value from what holds it, ``.name`` or ``[0]``."""
        self._place = step + self._place

    def of(self, answer: str) -> AnswerError:
        """Return the error to show, where ``answer`` is what the place counts from."""
        where = f"at {self._place.removeprefix('.')}" if self._place else "as a whole"
        return AnswerError(
            well_formed(
                f"{answer} has {self._what} {where}, which cannot be sent as JSON: {self._way_out}."
            )
        )


def of_kind(value: Any) -> str:
    """Return "a" and the name of the type of ``value``."""
    name = f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
