# Generated from spec/outpost.yaml#/components/schemas/EndpointCustomFileMetadata by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointCustomFileMetadata: All about an endpoint but the file of its template."""

from typing import List, Literal, Union

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_container_type import (
    EndpointContainerTypeLike,
)
from outpost_api.models.endpoint_custom_template_file import EndpointCustomTemplateFile
from outpost_api.models.endpoint_prebuilt_container_details import EndpointPrebuiltContainerDetails
from outpost_api.models.endpoint_secret import EndpointSecret
from outpost_api.models.replica_scaling_config import ReplicaScalingConfig
from outpost_api.models.service_visibility import ServiceVisibilityLike
from outpost_api.types import UNSET, Unset


@define
class EndpointCustomFileMetadata(Model):
    """All about an endpoint but the file of its template.

    Attributes:
        templateType: `custom`; the published clients leave it out of this form.
        customTemplateConfig: The template.
        containerType: Where the container comes from; `prebuilt` when left out.
        prebuiltContainerDetails: The container; chosen by library and task when left out.
        hardwareInstance: Id of the hardware of each replica, one of `listHardwareInstances`;
            `cpu-sm` when left out. (at most 64 characters)
        hardwareInstanceId: The same under its later name. (at most 64 characters)
        taskType: The model's task, such as `summarization`. (at most 64 characters)
        name: Name of the endpoint; chosen when left out. (1 to 63 characters; pattern
            ``^[a-z0-9]([a-z0-9-]*[a-z0-9])?$``)
        secrets: Secrets for the template's environment. (at most 100 items)
        visibility: Who may see and use it; `public` when left out.
        replicaScalingConfig: How it scales; the defaults of its schema when left out.
    """

    customTemplateConfig: EndpointCustomTemplateFile
    templateType: Union[Unset, Literal["custom"], None] = UNSET
    containerType: Union[Unset, EndpointContainerTypeLike] = UNSET
    prebuiltContainerDetails: Union[Unset, EndpointPrebuiltContainerDetails, None] = UNSET
    hardwareInstance: Union[Unset, str, None] = UNSET
    hardwareInstanceId: Union[Unset, str, None] = UNSET
    taskType: Union[Unset, str, None] = UNSET
    name: Union[Unset, str, None] = UNSET
    secrets: Union[Unset, List[EndpointSecret], None] = UNSET
    visibility: Union[Unset, ServiceVisibilityLike] = UNSET
    replicaScalingConfig: Union[Unset, ReplicaScalingConfig, None] = UNSET


__all__ = ["EndpointCustomFileMetadata"]
