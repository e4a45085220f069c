# Generated from spec/outpost.yaml#/components/schemas/FinetuningOutpostSourceModel by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningOutpostSourceModel: An Outpost model to start from."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class FinetuningOutpostSourceModel(Model):
    """An Outpost model to start from.

    Attributes:
        fullName: Full name of the model repository: `entity/name`. (at most 161 characters; pattern
            ``^[^/]+/[^/]+$``)
        revision: Branch, tag or commit hash; null for the default branch. (at most 255 characters;
            default None)
    """

    fullName: str
    revision: Optional[str] = None


__all__ = ["FinetuningOutpostSourceModel"]
