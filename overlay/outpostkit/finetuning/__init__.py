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
    from outpostkit.finetuning._lists import (
        FinetuningJobList as FinetuningJobList,
        FinetuningList as FinetuningList,
    )

_HOMES = {
    "AsyncFinetuningJob": "outpostkit.finetuning._async",
    "AsyncFinetuningService": "outpostkit.finetuning._async",
    "AsyncFinetunings": "outpostkit.finetuning._async",
    "FinetuningJob": "outpostkit.finetuning._blocking",
    "FinetuningJobList": "outpostkit.finetuning._lists",
    "FinetuningList": "outpostkit.finetuning._lists",
    "FinetuningService": "outpostkit.finetuning._blocking",
    "Finetunings": "outpostkit.finetuning._blocking",
}

#: What 0.0.69 imported here, and programs from here.
_ALSO = {
    "Client": "outpostkit.client",
    "FinetuningHFSourceModel": "outpostkit.finetuning._records",
    "FinetuningJobCreationResponse": "outpost_api.models",
    "FinetuningJobLog": "outpostkit.finetuning._records",
    "FinetuningModelRepo": "outpostkit.finetuning._records",
    "FinetuningOutpostSourceModel": "outpostkit.finetuning._records",
    "FinetuningResource": "outpostkit.finetuning._records",
    "FinetuningServiceCreateResponse": "outpost_api.models",
    "FinetuningTask": "outpost_api.models.finetuning_task",
    "FinetuningsListResponse": "outpostkit.finetuning._records",
    "Namespace": "outpostkit._resources.resource:Resource",
    "OutpostSecret": "outpost_api.models:EndpointSecret",
    "parse_finetuning_job_log_data": "outpostkit._published.helpers",
}

if not TYPE_CHECKING:
    __all__, __getattr__ = door(__name__, _HOMES, _ALSO)
