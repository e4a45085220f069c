"""JSON of values that msgspec does not know, one by one: each has a place, which errors name."""

from __future__ import annotations

import datetime
import decimal
import math
import uuid
from typing import Any, Dict, Iterable, List, Set, Union

import msgspec

from outpostkit.exceptions import ConfigurationError
from outpostkit.predictor._inputs.forms import simpler
from outpostkit.predictor._inputs.no_form import NoForm

#: What msgspec writes as it should be, of exactly these classes.
_NATIVE = frozenset(
    {
        *(bool, type(None), bytes, bytearray, msgspec.Raw, uuid.UUID),
        *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta),
    }
)
_NUMBERS = frozenset({int, float, bool, type(None)})
#: Keys of objects whose text is plain; of exactly these classes.
_KEYS = frozenset({int, float, bytes, decimal.Decimal, uuid.UUID, datetime.datetime, datetime.date})
_SURROGATES = "holds half a character (a lone surrogate), which UTF-8 does not have"
#: Integers of so many bits have a text, whatever Python's limit for it is.
_SURE_BITS = 2048


class Writer:
    """Writes one value. With ``takes=False``, nothing is taken from open files and iterators."""

    def __init__(self, name: str, *, takes: bool = True) -> None:
        self._name = name
        self._takes = takes
        self._steps: List[Union[str, int]] = []
        #: The containers that the value in hand lies in, by identity.
        self._around: Set[int] = set()

    def written(self, value: object) -> bytes:
        """Return the value as JSON.

        Raises:
            ConfigurationError: something in it has no form in JSON.
        """
        plain = self.plain(value)
        try:
            return msgspec.json.encode(plain)
        except RecursionError:
            raise self._too_deep() from None

    def plain(self, value: object) -> Any:
        """Return the value as lists, dictionaries and what msgspec writes as it should be.

        Raises:
            ConfigurationError: something in it has no form in JSON.
        """
        try:
            return self._of(value)
        except NoForm as problem:
            raise self._error(problem.what, problem.way_out) from None
        except RecursionError:
            raise self._too_deep() from None

    def _of(self, value: Any) -> Any:
        passed = []  # kept, so that what is made on the way does not get its identity
        made: Any
        while True:
            kind = type(value)
            if kind is str:
                made = _sure(value)
            elif kind is float:
                made = _finite(value)
            elif kind is int:
                made = _writable(value)
            elif kind in _NATIVE:
                made = value
            else:
                if id(value) in self._around:
                    raise NoForm("is what it lies in", "send a copy that does not hold itself")
                self._around.add(id(value))
                passed.append(value)
                if isinstance(value, dict):
                    made = self._object(value)
                elif isinstance(value, (list, tuple, set, frozenset)):
                    made = self._array(value)
                else:
                    value = simpler(value, self._takes)
                    continue
            self._around.difference_update(map(id, passed))
            return made

    def _object(self, items: Dict[Any, Any]) -> Dict[str, Any]:
        made = {}
        for key, item in items.items():
            text = key if type(key) is str and key.isascii() else self._key(key)
            if text in made:
                raise NoForm(
                    f"has two keys that are {_short(text)} as text", "give each its own text"
                )
            self._steps.append(text)
            made[text] = self._of(item)
            self._steps.pop()
        return made

    def _array(self, items: Iterable[Any]) -> List[Any]:
        items = list(items)
        kinds = set(map(type, items))
        if (
            kinds <= _NUMBERS
            and int not in kinds
            and (
                float not in kinds or all(math.isfinite(each) for each in items if each is not None)
            )
        ):
            return items
        made = []
        for index, item in enumerate(items):
            self._steps.append(index)
            made.append(self._of(item))
            self._steps.pop()
        return made

    def _key(self, key: Any) -> str:
        try:
            return _key_text(key)
        except NoForm:
            raise NoForm(
                f"has the key {_short(key)}, which JSON cannot have", "make it text"
            ) from None

    def _too_deep(self) -> ConfigurationError:
        return ConfigurationError(
            f"{self._name}: it is nested more deeply than can be written; send it flatter"
        )

    def _error(self, what: str, way_out: str) -> ConfigurationError:
        return ConfigurationError(
            f"{self._name}: the value at {place(self._steps)} {what}; {way_out}"
        )


def _key_text(key: Any) -> str:
    while True:
        kind = type(key)
        if kind is str:
            return _sure(key)
        if kind is bool:
            return "true" if key else "false"
        if kind in (float, decimal.Decimal) and not math.isfinite(key):
            raise NoForm("is a key", "")
        if kind in _KEYS:
            return str(msgspec.to_builtins(key, str_keys=True))
        if key is None or isinstance(key, (tuple, frozenset)):
            raise NoForm("is a key", "")
        key = simpler(key, takes=False)


def place(steps: Iterable[Union[str, int]]) -> str:
    """Return where a value is: ``$.items[3].when``."""
    parts = ["$"]
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            parts.append(f".{step}" if step.isidentifier() else f"[{_short(step)}]")
    return "".join(parts)


def _short(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _sure(text: str) -> str:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise NoForm(
                _SURROGATES, "encode it with errors='replace' before, and decode it"
            ) from None
    return text


def _finite(number: float) -> float:
    if math.isfinite(number):
        return number
    raise NoForm(
        "is NaN" if math.isnan(number) else "is infinity",
        "JSON does not have it: send None, or text, instead",
    )


def _writable(number: int) -> int:
    if number.bit_length() > _SURE_BITS:
        try:
            str(number)
        except ValueError:
            raise NoForm(
                f"is a number of {number.bit_length():,} bits, whose digits Python does not write",
                "send it as text, such as hex(number)",
            ) from None
    return number
