# Generated from spec/outpost.yaml#/components/schemas/FinetunedModel by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetunedModel: Where the trained model is, or will be."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class FinetunedModel(Model):
    """Where the trained model is, or will be.

    Attributes:
        fullName: Full name of the model repository: `entity/name`. (at most 161 characters)
        commit: Hash of the commit that holds the trained model; null until the job succeeds. (at
            most 64 characters)
        branch: Branch that receives it. (at most 255 characters)
    """

    fullName: str
    commit: Optional[str]
    branch: str


__all__ = ["FinetunedModel"]
