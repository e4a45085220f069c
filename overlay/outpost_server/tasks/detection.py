"""Telling from a model's files which task it is for."""

from __future__ import annotations

from collections.abc import Iterable

from outpost_server.tasks.architectures import SEQUENCES, is_open, tasks_of_architecture
from outpost_server.tasks.catalogue import TASKS, Task
from outpost_server.tasks.facts import ModelFacts
from outpost_server.tasks.refusal import TaskRefused
from outpost_server.tasks.weights import gguf_file

#: Other names of tasks, as the hub has them.
SYNONYMS = {
    "image-text-to-text": "image-to-text",
    "sentiment-analysis": "text-classification",
    "ner": "token-classification",
    "tabular-classification": "tabular",
    "tabular-regression": "tabular",
    "text-to-speech": "text-to-audio",
}
#: Parts of the names of diffusers' pipelines that make something else than an image.
NO_IMAGES = ("Video", "Audio", "Music", "AnimateDiff", "Shap")
TABULAR_FILES = (".joblib", ".pkl", ".pickle")


def find_task(facts: ModelFacts, asked: str | None) -> Task:
    """Return the task to serve a model for.

    Args:
        asked: the task type of the endpoint; None and ``"custom"`` mean that none is given.

    Without one it is what the hub says of the model, among the tasks that its architecture can do;
    else the usual one of those.

    Raises:
        TaskRefused: the model cannot do what is asked, or its files do not tell what it is for.
    """
    able = tasks_of(facts)
    if asked not in (None, "", "custom"):
        return _checked(facts, SYNONYMS.get(str(asked), str(asked)), able)
    told = SYNONYMS.get(facts.pipeline_tag or "", facts.pipeline_tag)
    if told in TASKS and (told in able or not able):
        return TASKS[told]
    if is_open(able):
        able = _trained_for(facts, able)
    if not able:
        raise TaskRefused(
            f"{_what(facts)}, which does not tell its task; give the endpoint a task type."
            f" Choose one of {_listed(TASKS)}.",
            TASKS,
        )
    if is_open(able):
        raise TaskRefused(
            f"{_what(facts)}, which may be for any of {_listed(able)};"
            " give the endpoint one of them as its task type.",
            able,
        )
    return TASKS[able[0]]


def tasks_of(facts: ModelFacts) -> tuple[str, ...]:
    """Return the tasks that a model can do, the usual one first; none if its files do not tell."""
    pipeline = facts.documents.get("model_index.json")
    if isinstance(pipeline, dict):
        makes_images = not any(part in str(pipeline.get("_class_name")) for part in NO_IMAGES)
        return ("text-to-image",) if makes_images else ()
    able = tasks_of_architecture(facts)
    if "modules.json" in facts.files:
        vectors = ("sentence-similarity", "feature-extraction")
        return (*vectors, *(task for task in able if task not in vectors))
    if able:
        return able
    if gguf_file(facts) is not None:
        return ("text-generation", "conversational")
    is_of_sklearn = not facts.config or "sklearn" in facts.config
    if is_of_sklearn and facts.at_the_top(*TABULAR_FILES):
        return ("tabular",)
    return ()


def _checked(facts: ModelFacts, asked: str, able: tuple[str, ...]) -> Task:
    """Return the task that is asked for."""
    if asked not in TASKS:
        raise TaskRefused(f"There is no task {asked!r}; choose one of {_listed(TASKS)}.", TASKS)
    if able and asked not in able:
        raise TaskRefused(
            f"{_what(facts)}, which is not for {asked}; it is for {_listed(able)}.", able
        )
    if asked == "zero-shot-classification" and not _knows_entailment(facts):
        raise TaskRefused(
            f"{facts.name} has no label 'entailment', from which a zero-shot classification is"
            " told: it takes a model that was trained on natural language inference.",
            [task for task in able if task != asked],
        )
    if asked == "conversational" and not _knows_chats(facts):
        raise TaskRefused(
            f"The tokenizer of {facts.name} has no chat template; it is for text-generation.",
            ["text-generation"],
        )
    return TASKS[asked]


def _trained_for(facts: ModelFacts, able: tuple[str, ...]) -> tuple[str, ...]:
    """Return the one task that the model has settings for, if it is one; else all of them."""
    settings = facts.config.get("task_specific_params")
    if not isinstance(settings, dict):
        return able
    # Translations are by language, such as translation_en_to_de.
    found = {task for task in SEQUENCES for name in settings if str(name).startswith(task)}
    return tuple(found) if len(found) == 1 else able


def _knows_entailment(facts: ModelFacts) -> bool:
    labels = facts.config.get("id2label")
    if not isinstance(labels, dict):
        return True  # it is not told
    return any(str(label).lower().startswith("entail") for label in labels.values())


def _knows_chats(facts: ModelFacts) -> bool:
    tokenizer = facts.documents.get("tokenizer_config.json")
    if not isinstance(tokenizer, dict) or tokenizer.get("chat_template"):
        return True
    return any("chat_template" in path for path in facts.files)


def _what(facts: ModelFacts) -> str:
    """Return the beginning of a sentence about a model: what its files say that it is."""
    adapter = facts.documents.get("adapter_config.json")
    if isinstance(adapter, dict) and not facts.config:
        base = adapter.get("base_model_name_or_path")
        return f"{facts.name} is an adapter of {base}, to be merged into that first"
    if facts.architectures:
        return f"{facts.name} is a {facts.architectures[0]}"
    pipeline = facts.documents.get("model_index.json")
    if isinstance(pipeline, dict):
        return f"{facts.name} is a {pipeline.get('_class_name')}"
    if "modules.json" in facts.files:
        return f"{facts.name} is a model of sentence-transformers"
    if gguf_file(facts) is not None:
        return f"{facts.name} is a GGUF file"
    if facts.config:
        return f"{facts.name} has a config.json without architectures"
    return f"{facts.name} has no config.json"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
