# Generated from spec/outpost.yaml#/paths by
# generator/outpost_generator/templates/tag_init.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""Services that train models, and their jobs."""

from typing import TYPE_CHECKING, List

if TYPE_CHECKING:
    from outpost_api.api.finetunings import (
        create_finetuning,
        create_finetuning_job,
        delete_finetuning_job,
        enqueue_finetuning_jobs,
        get_finetuning,
        get_finetuning_job,
        get_finetuning_job_configs,
        get_finetuning_job_logs,
        get_finetuning_job_trainer_logs,
        list_finetuning_jobs,
        list_finetunings,
    )

__all__ = [
    "create_finetuning",
    "create_finetuning_job",
    "delete_finetuning_job",
    "enqueue_finetuning_jobs",
    "get_finetuning",
    "get_finetuning_job",
    "get_finetuning_job_configs",
    "get_finetuning_job_logs",
    "get_finetuning_job_trainer_logs",
    "list_finetuning_jobs",
    "list_finetunings",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return import_module(f"{__name__}.{name}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
