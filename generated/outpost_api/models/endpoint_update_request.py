# Generated from spec/outpost.yaml#/components/schemas/EndpointUpdateRequest by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointUpdateRequest: Settings to change."""

from typing import Union

from attrs import define

from outpost_api.model import Model
from outpost_api.types import UNSET, Unset


@define
class EndpointUpdateRequest(Model):
    """Settings to change. What is left out or null stays.

    Attributes:
        taskType: The model's task, such as `summarization`. (at most 64 characters)
        hardwareInstance: Id of the hardware of each replica, one of `listHardwareInstances`. (at
            most 64 characters)
        hardwareInstanceId: The same under its later name. (at most 64 characters)
    """

    taskType: Union[Unset, str, None] = UNSET
    hardwareInstance: Union[Unset, str, None] = UNSET
    hardwareInstanceId: Union[Unset, str, None] = UNSET


__all__ = ["EndpointUpdateRequest"]
