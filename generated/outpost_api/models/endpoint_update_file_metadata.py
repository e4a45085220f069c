# Generated from spec/outpost.yaml#/components/schemas/EndpointUpdateFileMetadata by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointUpdateFileMetadata: All that changes but the file of the template."""

from typing import List, Literal, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_custom_template_file import EndpointCustomTemplateFile
from outpost_api.models.endpoint_prebuilt_container_details import EndpointPrebuiltContainerDetails
from outpost_api.models.endpoint_secret import EndpointSecret
from outpost_api.models.replica_scaling_config import ReplicaScalingConfig
from outpost_api.models.service_visibility import ServiceVisibilityLike
from outpost_api.types import UNSET, Unset


@define
class EndpointUpdateFileMetadata(Model):
    """All that changes but the file of the template.

    Attributes:
        templateType: `custom`, or left out.
        customTemplateConfig: The template.
        taskType: The model's task, such as `summarization`. (at most 64 characters)
        hardwareInstance: Id of the hardware of each replica, one of `listHardwareInstances`. (at
            most 64 characters)
        hardwareInstanceId: The same under its later name. (at most 64 characters)
        prebuiltContainerDetails: The container.
        secrets: All secrets of the template's environment, in place of those that there are. (at
            most 100 items)
        visibility: Who may see and use it, from now on.
        replicaScalingConfig: How it scales from the next deployment on.
    """

    customTemplateConfig: EndpointCustomTemplateFile
    templateType: Union[Unset, Literal["custom"], None] = UNSET
    taskType: Union[Unset, str, None] = UNSET
    hardwareInstance: Union[Unset, str, None] = UNSET
    hardwareInstanceId: Union[Unset, str, None] = UNSET
    prebuiltContainerDetails: Union[Unset, EndpointPrebuiltContainerDetails, None] = UNSET
    secrets: Union[Unset, List[EndpointSecret], None] = UNSET
    visibility: Union[Unset, ServiceVisibilityLike, None] = UNSET
    replicaScalingConfig: Union[Unset, ReplicaScalingConfig, None] = UNSET


__all__ = ["EndpointUpdateFileMetadata"]
