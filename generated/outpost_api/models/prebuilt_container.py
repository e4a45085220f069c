# Generated from spec/outpost.yaml#/components/schemas/PrebuiltContainer by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""PrebuiltContainer: An environment that prediction templates run in."""

from typing import List

from attrs import define

from outpost_api.model import Model
from outpost_api.models.container_config_key import ContainerConfigKey


@define
class PrebuiltContainer(Model):
    """An environment that prediction templates run in.

    Attributes:
        name: Identifier, such as `transformers`. (at most 100 characters)
        title: The name to show to people. (at most 200 characters)
        description: What it is for, in a sentence. (at most 1000 characters)
        aliases: Other names that mean the same.
        isDefault: Whether custom templates run in it that name none.
        packages: Requirements that it is built from, each with its version; those that these need
            come with them.
        configKeys: Its settings.
    """

    name: str
    title: str
    description: str
    aliases: List[str]
    isDefault: bool
    packages: List[str]
    configKeys: List[ContainerConfigKey]


__all__ = ["PrebuiltContainer"]
