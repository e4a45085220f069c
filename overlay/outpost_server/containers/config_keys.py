"""One setting of a container: its type, its bounds and its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ConfigKey:
    """A setting that ``prebuiltContainerDetails.config`` may have.

    ``kind`` is ``choice``, ``integer`` or ``boolean``. A choice has ``choices``, an integer
    ``minimum`` and ``maximum``, both inclusive.
    """

    name: str
    kind: str
    default: str | int | bool
    description: str
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None

    def allows(self, value: Any) -> bool:
        """Tell whether a value can be used for the setting."""
        if self.kind == "choice":
            return value in self.choices
        if self.kind == "boolean":
            return isinstance(value, bool)
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        assert self.minimum is not None
        assert self.maximum is not None
        return self.minimum <= value <= self.maximum

    @property
    def expectation(self) -> str:
        """What is allowed, in words: ``one of auto, cpu, cuda``."""
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        if self.kind == "boolean":
            return "true or false"
        return f"a whole number from {self.minimum} to {self.maximum}"


def _keys(*keys: ConfigKey) -> dict[str, ConfigKey]:
    return {key.name: key for key in keys}


SERVING_KEYS = _keys(
    ConfigKey(
        *("max_batch_size", "integer", 32),
        "How many inputs are given to the model at once, at most.",
        minimum=1,
        maximum=1024,
    ),
    ConfigKey(
        *("max_queue", "integer", 1000),
        "How many inputs may wait in a replica; what comes then is answered with 503.",
        minimum=1,
        maximum=100_000,
    ),
    ConfigKey(
        *("concurrency", "integer", 1),
        "How many batches run at once in a replica.",
        minimum=1,
        maximum=64,
    ),
    ConfigKey(
        *("allow_pickle", "boolean", False),
        "Whether weights may be read from pickles, which can run any code of their author.",
    ),
)
TORCH_KEYS = {
    **_keys(
        ConfigKey(
            *("torch_dtype", "choice", "auto"),
            "The type of the model's numbers; `auto` is that of its files.",
            choices=("auto", "float32", "float16", "bfloat16"),
        ),
        ConfigKey(
            *("device", "choice", "auto"),
            "Where the model computes; `auto` is the GPU where the replica has one.",
            choices=("auto", "cpu", "cuda"),
        ),
    ),
    **SERVING_KEYS,
    **_keys(
        ConfigKey(
            *("trust_remote_code", "boolean", False),
            "Whether code that comes with the model may run.",
        )
    ),
}
