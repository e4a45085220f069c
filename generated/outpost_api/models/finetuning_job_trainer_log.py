# Generated from spec/outpost.yaml#/components/schemas/FinetuningJobTrainerLog by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningJobTrainerLog: What the trainer reported at one logging step."""

from typing import Dict

from attrs import define

from outpost_api.model import Model
from outpost_api.types import JsonValue


@define
class FinetuningJobTrainerLog(Model):
    """What the trainer reported at one logging step.

    Attributes:
        id: Id of the entry. (at most 64 characters)
        log: Figures by name, such as `loss`, `epoch` and `learning_rate`; which ones depends on the
            task.
    """

    id: str
    log: Dict[str, JsonValue]


__all__ = ["FinetuningJobTrainerLog"]
