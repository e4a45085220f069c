"""What runs replicas: a table of engines by name, of which a server has one.

The rest of the server knows :mod:`outpost_server.engines.engine` and nothing of any engine. Another
engine is a folder beside ``process`` and a line in the table.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:  # settings are checked where no engine is ever loaded
    from outpost_server.engines.engine import Engine, Premises

DEFAULT_ENGINE = "process"
#: Where to find what makes each engine: a function of :class:`Premises`, loaded when it is chosen.
ENGINE_HOMES = {DEFAULT_ENGINE: "outpost_server.engines.process.engine:ProcessEngine"}


def make_engine(name: str, premises: Premises) -> Engine:
    """Return the engine of that name, which must be in the table."""
    module, _, maker = ENGINE_HOMES[name].partition(":")
    make = cast("Callable[[Premises], Engine]", getattr(import_module(module), maker))
    return make(premises)
