# Generated from spec/outpost.yaml#/components/schemas/FinetuningResource by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningResource: A finetuning service."""

from typing import Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.finetuning_task import FinetuningTask


@define
class FinetuningResource(Model):
    """A finetuning service.

    Attributes:
        name: Name, unique among the services of its owner. (at most 64 characters)
        fullName: Owner and name: `entity/name`. (at most 129 characters)
        id: Id of the service. (at most 64 characters)
        dataset: Full name of the dataset repository. (at most 161 characters)
        taskType: What the service trains.
        createdAt: When it was created, UTC.
        updatedAt: When it was last changed, UTC.
        trainPath: Path of the training data in the dataset. (at most 4096 characters)
        validPath: Path of the validation data in the dataset; null for none. (at most 4096
            characters; default None)
    """

    name: str
    fullName: str
    id: str
    dataset: str
    taskType: FinetuningTask
    createdAt: str
    updatedAt: str
    trainPath: str
    validPath: Optional[str] = None


__all__ = ["FinetuningResource"]
