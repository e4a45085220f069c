# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobResource by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobResource: One training run of a finetuning service."""

from typing import ClassVar, Dict, List, Optional, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_hardware_instance_details import EndpointHardwareInstanceDetails
from outpost_api.models.finetuned_model import FinetunedModel
from outpost_api.models.finetuning_hf_source_model import FinetuningHFSourceModel
from outpost_api.models.finetuning_job_status import FinetuningJobStatus
from outpost_api.models.finetuning_job_trainer_log import FinetuningJobTrainerLog
from outpost_api.models.finetuning_model_source import FinetuningModelSource
from outpost_api.models.finetuning_outpost_source_model import FinetuningOutpostSourceModel
from outpost_api.types import JsonValue


@define
class FinetuningJobResource(Model):
    """One training run of a finetuning service.

    Attributes:
        id: Id of the job. (at most 64 characters)
        createdAt: When it was created, UTC.
        status: How far it is.
        modelSource: Where the source model is from.
        hardwareInstance: The hardware that it trains on.
        datasetRevision: Commit of the dataset that it trains on, resolved from `datasetCommitHash`.
            (at most 255 characters)
        finetunedModel: Where the trained model is, or will be.
        sourceModel: The model that it starts from, of the form that `modelSource` names; null with
            `none`. (default None)
        configs: Settings of the trainer; only when asked for with `cfg`. (default None)
        columnConfigs: Names of the dataset's columns; only when asked for with `cfg`. (default
            None)
        trainerLogs: What the trainer reported, oldest first; only when asked for with
            `trainer_log`. (default None)
    """

    __native__: ClassVar[bool] = False

    id: str
    createdAt: str
    status: FinetuningJobStatus
    modelSource: FinetuningModelSource
    hardwareInstance: EndpointHardwareInstanceDetails
    datasetRevision: str
    finetunedModel: FinetunedModel
    sourceModel: Union[FinetuningHFSourceModel, FinetuningOutpostSourceModel, None] = None
    configs: Optional[Dict[str, JsonValue]] = None
    columnConfigs: Optional[Dict[str, str]] = None
    trainerLogs: Optional[List[FinetuningJobTrainerLog]] = None


__all__ = ["FinetuningJobResource"]
