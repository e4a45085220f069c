# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobCreateRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobCreateRequest: A training run to create."""

from typing import Dict, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.finetuning_hf_source_model import FinetuningHFSourceModel
from outpost_api.models.finetuning_model_repo import FinetuningModelRepo
from outpost_api.models.finetuning_model_source import (
    FinetuningModelSource,
    FinetuningModelSourceLike,
)
from outpost_api.models.finetuning_outpost_source_model import FinetuningOutpostSourceModel
from outpost_api.types import UNSET, JsonValue, Unset


@define
class FinetuningJobCreateRequest(Model):
    """A training run to create.

    Attributes:
        hardwareInstanceId: Id of the hardware to train on, such as `1xnvidia-tesla-t4`. (1 to 64
            characters)
        configs: Settings of the trainer, by name; which ones there are depends on the task.
            Language models know, among others, `lr`, `epochs`, `batch_size`, `optimizer`,
            `scheduler`, `seed`, `mixed_precision` and `peft_configs`.
        columnConfigs: For each column that the task needs, the name that it has in the dataset;
            null keeps the task's own names.
        modelSource: Which of the two source models is set; `none` for neither. (default "none")
        sourceHuggingfaceModel: The model to start from; only with `modelSource` `huggingface`,
            which needs it.
        sourceOutpostModel: The model to start from; only with `modelSource` `outpost`, which needs
            it.
        finetunedModel: Where to commit the trained model.
        datasetCommitHash: Commit of the dataset to train on. A branch or tag is accepted too, as
            its default shows, and is resolved when the job is created. (1 to 255 characters;
            default "HEAD")
    """

    hardwareInstanceId: str
    configs: Dict[str, JsonValue]
    finetunedModel: FinetuningModelRepo
    columnConfigs: Union[Unset, Dict[str, str], None] = UNSET
    modelSource: FinetuningModelSourceLike = FinetuningModelSource.none
    sourceHuggingfaceModel: Union[Unset, FinetuningHFSourceModel, None] = UNSET
    sourceOutpostModel: Union[Unset, FinetuningOutpostSourceModel, None] = UNSET
    datasetCommitHash: str = "HEAD"


__all__ = ["FinetuningJobCreateRequest"]
