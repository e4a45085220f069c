# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobConfigs by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobConfigs: What a job was configured with."""

from typing import Dict, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.types import JsonValue


@define
class FinetuningJobConfigs(Model):
    """What a job was configured with.

    Attributes:
        configs: Settings of the trainer, by name.
        columnConfigs: For each column that the task needs, the name that it has in the dataset;
            null when they are equal.
    """

    configs: Dict[str, JsonValue]
    columnConfigs: Optional[Dict[str, str]]


__all__ = ["FinetuningJobConfigs"]
