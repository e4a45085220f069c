"""Tasks of ML models: what there is, which one a model is for, the template that serves it."""

from outpost_server.tasks.catalogue import TASKS, Task
from outpost_server.tasks.detection import find_task
from outpost_server.tasks.facts import ModelFacts
from outpost_server.tasks.generating import GeneratedTemplate, generate_template
from outpost_server.tasks.refusal import TaskRefused

__all__ = [
    "TASKS",
    "GeneratedTemplate",
    "ModelFacts",
    "Task",
    "TaskRefused",
    "find_task",
    "generate_template",
]
