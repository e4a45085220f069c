"""A door for programs written for 0.0.46 and 0.0.69: the classes of finetunings."""

from outpost_api.models import FinetuningJobConfigs as FinetuningJobConfigs
from outpost_api.models import FinetuningJobCreationResponse as FinetuningJobCreationResponse
from outpost_api.models import FinetuningJobTrainerLog as FinetuningJobTrainerLog
from outpost_api.models import FinetuningServiceCreateResponse as FinetuningServiceCreateResponse
from outpostkit._published.log_data import FinetuningJobLogData as FinetuningJobLogData
from outpostkit.finetuning._records import FinetunedModel as FinetunedModel
from outpostkit.finetuning._records import FinetuningHFSourceModel as FinetuningHFSourceModel
from outpostkit.finetuning._records import FinetuningJobLog as FinetuningJobLog
from outpostkit.finetuning._records import FinetuningJobResource as FinetuningJobResource
from outpostkit.finetuning._records import FinetuningJobsListResponse as FinetuningJobsListResponse
from outpostkit.finetuning._records import FinetuningModelRepo as FinetuningModelRepo
from outpostkit.finetuning._records import (
    FinetuningOutpostSourceModel as FinetuningOutpostSourceModel,
)
from outpostkit.finetuning._records import FinetuningResource as FinetuningResource
from outpostkit.finetuning._records import FinetuningsListResponse as FinetuningsListResponse
