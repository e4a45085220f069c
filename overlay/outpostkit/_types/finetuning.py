"""A door for programs written for 0.0.46 and 0.0.69: the classes of finetunings."""

from typing import TYPE_CHECKING

from outpost_api.models import (
    FinetuningJobConfigs as FinetuningJobConfigs,
    FinetuningJobCreationResponse as FinetuningJobCreationResponse,
    FinetuningJobTrainerLog as FinetuningJobTrainerLog,
    FinetuningServiceCreateResponse as FinetuningServiceCreateResponse,
)
from outpost_api.models.finetuning_task import FinetuningTask as FinetuningTask
from outpostkit._published.log_data import FinetuningJobLogData as FinetuningJobLogData
from outpostkit._published.names import old_names
from outpostkit.finetuning._records import (
    FinetunedModel as FinetunedModel,
    FinetuningHFSourceModel as FinetuningHFSourceModel,
    FinetuningJobLog as FinetuningJobLog,
    FinetuningJobResource as FinetuningJobResource,
    FinetuningJobsListResponse as FinetuningJobsListResponse,
    FinetuningModelRepo as FinetuningModelRepo,
    FinetuningOutpostSourceModel as FinetuningOutpostSourceModel,
    FinetuningResource as FinetuningResource,
    FinetuningsListResponse as FinetuningsListResponse,
)

if TYPE_CHECKING:
    from outpost_api.models import (
        EndpointHardwareInstanceDetails as HardwareInstanceDetails,  # noqa: F401 - an old name
    )
else:
    __getattr__ = old_names(__name__)
