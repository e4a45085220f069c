"""Finetuning services of one user or team, and their training jobs."""

from typing import TYPE_CHECKING

from outpostkit._lazy import door

if TYPE_CHECKING:
    from outpostkit.finetuning._async import (
        AsyncFinetuningJob as AsyncFinetuningJob,
        AsyncFinetunings as AsyncFinetunings,
        AsyncFinetuningService as AsyncFinetuningService,
    )
    from outpostkit.finetuning._blocking import (
        FinetuningJob as FinetuningJob,
        Finetunings as Finetunings,
        FinetuningService as FinetuningService,
    )

_HOMES = {
    "AsyncFinetuningJob": "outpostkit.finetuning._async",
    "AsyncFinetuningService": "outpostkit.finetuning._async",
    "AsyncFinetunings": "outpostkit.finetuning._async",
    "FinetuningJob": "outpostkit.finetuning._blocking",
    "FinetuningService": "outpostkit.finetuning._blocking",
    "Finetunings": "outpostkit.finetuning._blocking",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES)
