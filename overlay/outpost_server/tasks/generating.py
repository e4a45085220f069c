"""Writing the prediction template that serves a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outpost_server.tasks.catalogue import Task
from outpost_server.tasks.facts import ModelFacts
from outpost_server.tasks.layout import call, literal, shown
from outpost_server.tasks.views import SEQUENCE_ANSWERS, sequence_view
from outpost_server.tasks.weights import gguf_file, use_safetensors

if TYPE_CHECKING:
    import jinja2

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
    gguf = gguf_file(facts)
    safetensors = use_safetensors(facts, allow_pickle=options["allow_pickle"])
    trust = ["trust_remote_code=True"] if options["trust_remote_code"] else []
    template = _environment().get_template(f"{task.family}.py.jinja")
    source = template.render(
        facts=facts,
        task=task,
        config=options,
        name=facts.name,
        revision=facts.revision,
        shown_name=shown(facts.name),
        class_name=class_name,
        container=task.container,
        dtype=options["torch_dtype"],
        gguf=gguf,
        safetensors=safetensors,
        tokenizer_arguments=["folder", "local_files_only=True", *trust],
        model_arguments=[
            "folder",
            "dtype=dtype",
            f"use_safetensors={safetensors}",
            "local_files_only=True",
            *trust,
        ],
        sentence_arguments=[
            "folder",
            "device=device",
            "local_files_only=True",
            f'model_kwargs={{"dtype": dtype, "use_safetensors": {safetensors}}}',
            *trust,
        ],
        batching=[
            f"{name}={options[name]}" for name in ("max_batch_size", "max_queue", "concurrency")
        ],
        trusting=trust,
        is_chat=task.name == "conversational",
        **(sequence_view(facts, task) if task.name in SEQUENCE_ANSWERS else {}),
    )
    return GeneratedTemplate(source.encode(), class_name)


@cache
def _environment() -> jinja2.Environment:
    # Only now: a server that generates nothing starts without it.
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Python is printed, by way of `literal`
    )
    environment.filters["literal"] = literal
    environment.globals["call"] = call
    return environment
