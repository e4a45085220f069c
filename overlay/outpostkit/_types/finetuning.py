"""A door for programs written for 0.0.46 and 0.0.69: the classes of finetunings."""

from outpost_api.models import (
    FinetuningJobConfigs,
    FinetuningJobCreationResponse,
    FinetuningJobTrainerLog,
    FinetuningServiceCreateResponse,
)
from outpostkit._published.log_data import FinetuningJobLogData
from outpostkit.finetuning._records import (
    FinetunedModel,
    FinetuningHFSourceModel,
    FinetuningJobLog,
    FinetuningJobResource,
    FinetuningJobsListResponse,
    FinetuningModelRepo,
    FinetuningOutpostSourceModel,
    FinetuningResource,
    FinetuningsListResponse,
)

__all__ = [
    "FinetunedModel",
    "FinetuningHFSourceModel",
    "FinetuningJobConfigs",
    "FinetuningJobCreationResponse",
    "FinetuningJobLog",
    "FinetuningJobLogData",
    "FinetuningJobResource",
    "FinetuningJobTrainerLog",
    "FinetuningJobsListResponse",
    "FinetuningModelRepo",
    "FinetuningOutpostSourceModel",
    "FinetuningResource",
    "FinetuningServiceCreateResponse",
    "FinetuningsListResponse",
]
