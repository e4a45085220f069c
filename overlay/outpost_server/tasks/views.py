"""What the templates of text families print, decided from a model's files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outpost_server.tasks.catalogue import Task
from outpost_server.tasks.facts import ModelFacts

#: The class and the field of an answer, as transformers names it.
SEQUENCE_ANSWERS = {
    "summarization": ("Summary", "summary_text"),
    "translation": ("TranslatedText", "translation_text"),
    "text2text-generation": ("GeneratedText", "generated_text"),
}
#: Bounds of an answer where the model says none; transformers would end it after 20 tokens.
USUAL_TOKENS = {"summarization": 142, "translation": 256, "text2text-generation": 256}
#: What a model may set for a task, and the type of it.
SETTINGS: Mapping[str, type] = {
    "max_new_tokens": int,
    "min_new_tokens": int,
    "max_length": int,
    "min_length": int,
    "num_beams": int,
    "length_penalty": float,
    "no_repeat_ngram_size": int,
    "repetition_penalty": float,
    "early_stopping": bool,
}


@dataclass(frozen=True)
class Default:
    """A parameter's type, as source, and its value."""

    kind: str
    value: bool | int | float


def sequence_view(facts: ModelFacts, task: Task) -> dict[str, Any]:
    """Return what the family ``text/seq2seq`` prints."""
    answer_class, answer_field = SEQUENCE_ANSWERS[task.name]
    settings, others = _task_settings(facts, task)
    defaults = {
        name: Default(kind.__name__, kind(value))
        for name, kind in SETTINGS.items()
        if isinstance(value := settings.get(name), (bool, int, float))
    }
    if not {"max_new_tokens", "max_length"} & (defaults.keys() | _own_settings(facts).keys()):
        defaults["max_new_tokens"] = Default("int", USUAL_TOKENS[task.name])
    prefix = settings.get("prefix")
    return {
        "answer_class": answer_class,
        "answer_field": answer_field,
        "defaults": defaults,
        "parameters_class": (
            "TranslationParameters" if task.name == "translation" else "SequenceParameters"
        ),
        "prefix": prefix if isinstance(prefix, str) else "",
        "other_prefixes": others,
    }


def _own_settings(facts: ModelFacts) -> dict[str, Any]:
    """Return what the model says of all its answers, which ``generate`` reads by itself."""
    found: dict[str, Any] = {}
    for document in (facts.config, facts.documents.get("generation_config.json")):
        if isinstance(document, Mapping):
            found.update({k: v for k, v in document.items() if k in SETTINGS and v is not None})
    return found


def _task_settings(facts: ModelFacts, task: Task) -> tuple[Mapping[str, Any], list[str]]:
    """Return what the model says of its answers in this task, and what else it is trained for."""
    known = facts.config.get("task_specific_params")
    if not isinstance(known, Mapping):
        return {}, []
    names = [
        name
        for name, settings in known.items()
        if (name == task.name or name.startswith(f"{task.name}_")) and isinstance(settings, Mapping)
    ]
    found = [known[name] for name in names]
    prefixes = [str(settings["prefix"]) for settings in found[1:] if "prefix" in settings]
    return (found[0], prefixes) if found else ({}, [])
