# Generated from spec/outpost.yaml#/components/schemas/FinetuningCreateRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningCreateRequest: A finetuning service to create."""

from typing import List, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_secret import EndpointSecret
from outpost_api.models.finetuning_task import FinetuningTaskLike
from outpost_api.types import UNSET, Unset


@define
class FinetuningCreateRequest(Model):
    """A finetuning service to create.

    Attributes:
        name: Name, unique among the services of the owner. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        taskType: What to train.
        dataset: Full name of the dataset repository: `entity/name`. (at most 161 characters;
            pattern ``^[^/]+/[^/]+$``)
        trainPath: Path of the training data in the dataset. (1 to 4096 characters)
        validPath: Path of the validation data in the dataset. (1 to 4096 characters)
        secrets: Environment variables of the jobs, kept secret. `HUGGING_FACE_HUB_TOKEN` opens
            gated models and datasets. Null is like leaving it out. (at most 100 items)
    """

    name: str
    taskType: FinetuningTaskLike
    dataset: str
    trainPath: str
    validPath: str
    secrets: Union[Unset, List[EndpointSecret], None] = UNSET


__all__ = ["FinetuningCreateRequest"]
