"""Writing the prediction template that serves a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from outpost_server.tasks.catalogue import Task
from outpost_server.tasks.facts import PICKLES, ModelFacts
from outpost_server.tasks.refusal import TaskRefused

TEMPLATES = Path(__file__).parent / "templates"
#: As in the containers' configuration, for what a configuration leaves out.
DEFAULTS: Mapping[str, Any] = {
    "torch_dtype": "auto",
    "device": "auto",
    "max_batch_size": 32,
    "max_queue": 1000,
    "concurrency": 1,
    "allow_pickle": False,
    "trust_remote_code": False,
}


@dataclass(frozen=True)
class GeneratedTemplate:
    """The source of a prediction template, and the name of its class."""

    source: bytes
    class_name: str


def generate_template(
    facts: ModelFacts, task: Task, config: Mapping[str, Any]
) -> GeneratedTemplate:
    """Return the template that serves a model for a task.

    The same model, revision, task and configuration give the same bytes.

    Args:
        config: of the container; see :data:`DEFAULTS`.

    Raises:
        TaskRefused: the model's files cannot be served so, such as pickles unless they are
            allowed.
    """
    options = {**DEFAULTS, **config}
    class_name = "".join(word.capitalize() for word in task.name.split("-"))
    source = (
        _environment()
        .get_template(f"{task.family}.py.jinja")
        .render(
            name=facts.name,
            shown_name=_shown(facts.name),
            revision=facts.revision,
            facts=facts,
            task=task,
            class_name=class_name,
            config=options,
            safetensors=_use_safetensors(facts, task, options),
        )
    )
    return GeneratedTemplate(source.encode(), class_name)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Python is printed, by way of `literal`
    )
    environment.filters["literal"] = literal
    return environment


def literal(value: Any) -> str:
    """Return a string, a number, True, False or None as Python source."""
    if isinstance(value, str):
        # With double quotes, and everything but ASCII escaped as Python reads it too.
        return json.dumps(value).replace("\x7f", "\\x7f")
    return repr(value)


def _shown(name: str) -> str:
    """Return a name that can stand in a docstring."""
    kept = "".join(c if c.isprintable() and c not in '"\\' else "?" for c in name)
    return kept if len(kept) <= 60 else f"…{kept[-59:]}"


def _use_safetensors(facts: ModelFacts, task: Task, config: Mapping[str, Any]) -> bool:
    """Return whether weights are read from safetensors: else they are pickles, which run code."""
    if facts.has_safetensors or facts.with_ending(".gguf"):
        return True
    pickles = facts.with_ending(*PICKLES)
    if not pickles:
        raise TaskRefused(f"{facts.name} has no weights: neither safetensors nor others.")
    if not config["allow_pickle"]:
        raise TaskRefused(
            f"The weights of {facts.name} are pickles ({pickles[0]}), which run code when they are"
            " loaded. Use a revision with safetensors, or, if you trust it, allow_pickle: true in"
            " the config of the container."
        )
    return False
