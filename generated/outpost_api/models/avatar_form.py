# Generated from spec/outpost.yaml#/components/schemas/AvatarForm by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""AvatarForm: The parts of an avatar upload."""

from typing import ClassVar

from attrs import define

from outpost_api.model import Model
from outpost_api.types import File


@define
class AvatarForm(Model):
    """The parts of an avatar upload.

    Attributes:
        avatar: The image: PNG, JPEG, GIF or WebP, at most 5 MiB.
    """

    __native__: ClassVar[bool] = False

    avatar: File


__all__ = ["AvatarForm"]
