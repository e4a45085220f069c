# Generated from spec/outpost.yaml#/components/schemas/FinetuningModelRepo by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningModelRepo: The repository that receives the trained model."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class FinetuningModelRepo(Model):
    """The repository that receives the trained model.

    Attributes:
        fullName: Full name of the model repository: `entity/name`. (at most 161 characters; pattern
            ``^[^/]+/[^/]+$``)
        branch: Branch to commit to; null for the default branch. (at most 255 characters; default
            None)
    """

    fullName: str
    branch: Optional[str] = None


__all__ = ["FinetuningModelRepo"]
