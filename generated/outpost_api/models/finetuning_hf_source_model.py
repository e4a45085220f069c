# Generated from spec/outpost.yaml#/components/schemas/FinetuningHFSourceModel by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""FinetuningHFSourceModel: A Hugging Face model to start from."""

from typing import Optional

from attrs import define

from outpost_api.model import Model


@define
class FinetuningHFSourceModel(Model):
    """A Hugging Face model to start from.

    Attributes:
        id: Id of the model, such as `openai-community/gpt2`. (1 to 193 characters)
        keyId: Id of the user's Hugging Face token that opens the model, see `listThirdPartyTokens`;
            null for a public model. (at most 64 characters; default None)
        revision: Branch, tag or commit hash; null for the default branch. (at most 255 characters;
            default None)
    """

    id: str
    keyId: Optional[str] = None
    revision: Optional[str] = None


__all__ = ["FinetuningHFSourceModel"]
