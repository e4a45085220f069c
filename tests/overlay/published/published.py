"""The public surface of the published versions 0.0.46 and 0.0.69, one entry per thing.

``published.json`` holds names, parameters, fields and defaults only. A signature is written as in
Python, without annotations: ``async (self, limit=1000)``.
"""

import ast
import importlib
import inspect
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

#: Version to module to what it has.
SURFACE: Dict[str, Dict[str, Any]] = json.loads(
    (Path(__file__).parent / "published.json").read_text(encoding="utf-8")
)


class Published(NamedTuple):
    """A class, function or name of a published version."""

    version: str
    module: str
    name: str
    facts: Any

    def ours(self) -> Any:
        """What our module has under that name."""
        return getattr(importlib.import_module(self.module), self.name)

    def __str__(self) -> str:
        return f"{self.version}-{self.module}.{self.name}"


class Form(NamedTuple):
    """The parameters of a published function, without ``self``."""

    is_async: bool
    #: Name to whether it must be given.
    parameters: Dict[str, bool]
    keyword_only: List[str]

    def calls(self) -> Iterator[Tuple[List[str], Dict[str, str]]]:
        """Yield the ways to call it: as little as possible, all by position, all by keyword."""
        positional = [name for name in self.parameters if name not in self.keyword_only]
        required = [name for name in positional if self.parameters[name]]
        yield required, {}
        yield positional, {name: name for name in self.keyword_only}
        yield [], {name: name for name in self.parameters}


def form(text: str) -> Form:
    """Read a signature of the data file."""
    is_async = text.startswith("async ")
    arguments = ast.parse(f"lambda {text[text.index('(') + 1 : -1]}: 0", mode="eval").body.args
    positional = [argument.arg for argument in arguments.args if argument.arg != "self"]
    optional = positional[len(positional) - len(arguments.defaults) :] if arguments.defaults else []
    keyword_only = [argument.arg for argument in arguments.kwonlyargs]
    needed = {name: name not in optional for name in positional}
    for name, default in zip(keyword_only, arguments.kw_defaults):
        needed[name] = default is None
    return Form(is_async, needed, keyword_only)


def entries(kind: str) -> List[Published]:
    """Return all ``names``, ``functions`` or ``classes`` of both versions."""
    return [
        Published(version, module, name, facts[kind][name] if kind != "names" else None)
        for version, modules in SURFACE.items()
        for module, facts in modules.items()
        for name in facts.get(kind, ())
    ]


def bound(signature: inspect.Signature, published: Form) -> List[str]:
    """Return the published calls that a signature refuses."""
    refused = []
    for positional, keywords in published.calls():
        try:
            signature.bind(*positional, **keywords)
        except TypeError as problem:
            refused.append(f"({positional}, {keywords}): {problem}")
    return refused
