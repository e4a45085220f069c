# Generated from spec/outpost.yaml#/components/schemas/TaskType by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""TaskType: What models of one kind do."""

from attrs import define

from outpost_api.model import Model


@define
class TaskType(Model):
    """What models of one kind do.

    Attributes:
        name: Identifier, such as `summarization`. (at most 64 characters)
        title: The name to show to people. (at most 200 characters)
        description: What it does, in a sentence. (at most 1000 characters)
        container: Name of the container that its templates run in unless told otherwise. (at most
            100 characters)
    """

    name: str
    title: str
    description: str
    container: str


__all__ = ["TaskType"]
