"""Telling from a model's files which task it is for."""

from __future__ import annotations

from outpost_server.tasks.catalogue import TASKS, Task
from outpost_server.tasks.facts import ModelFacts
from outpost_server.tasks.refusal import TaskRefused


def find_task(facts: ModelFacts, asked: str | None) -> Task:
    """Return the task to serve a model for.

    Args:
        asked: the task type of the endpoint; None and ``"custom"`` mean that none is given.

    Raises:
        TaskRefused: the model is not for that task, or its files do not tell what it is for.
    """
    if asked not in (None, "custom") and asked in TASKS:
        return TASKS[asked]
    if facts.pipeline_tag in TASKS:
        return TASKS[facts.pipeline_tag]
    raise TaskRefused(f"The files of {facts.name} do not tell its task.", TASKS)
