# Generated from spec/outpost.yaml#/components/schemas/EndpointReplicaStatus by
# generator/outpost_generator/templates/model.py.jinja. Do not edit.
# To change it: edit either of those, then run `make generate`.
"""EndpointReplicaStatus: The replicas of the serving deployment."""

from typing import List, Optional

from attrs import define

from outpost_api.model import Model
from outpost_api.models.endpoint_replica_status_condition import EndpointReplicaStatusCondition


@define
class EndpointReplicaStatus(Model):
    """The replicas of the serving deployment.

    Attributes:
        conditions: Statements about the replicas. (default None)
        observedGeneration: How many deployments there have been. (at least 0; default None)
        availableReplicas: Replicas that answer. (at least 0; default None)
        readyReplicas: Replicas that pass their health check. (at least 0; default None)
        replicas: Replicas that exist. (at least 0; default None)
        unavailableReplicas: Replicas that are wanted and do not answer. (at least 0; default None)
        updatedReplicas: Replicas of the newest deployment. (at least 0; default None)
    """

    conditions: Optional[List[EndpointReplicaStatusCondition]] = None
    observedGeneration: Optional[int] = None
    availableReplicas: Optional[int] = None
    readyReplicas: Optional[int] = None
    replicas: Optional[int] = None
    unavailableReplicas: Optional[int] = None
    updatedReplicas: Optional[int] = None


__all__ = ["EndpointReplicaStatus"]
