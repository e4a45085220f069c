"""The state of an endpoint's replicas in the shape of a Kubernetes deployment status."""

from __future__ import annotations

from typing import Any

from outpost_server.keeping.store.records import now
from outpost_server.serving.replica_set import ReplicaSet


class ReplicaConditions:
    """The two conditions of a deployment and since when each has held."""

    def __init__(self) -> None:
        self._conditions: dict[str, dict[str, str]] = {}

    def refresh(self, replicas: ReplicaSet) -> None:
        """Compare with what is the case now; the times change only when something else did."""
        self._set("Available", *_available(replicas))
        self._set("Progressing", *_progressing(replicas))

    def status(self, replicas: ReplicaSet, generation: int) -> dict[str, Any]:
        """``EndpointReplicaStatus`` of the document."""
        self.refresh(replicas)
        ready, running = len(replicas.ready), len(replicas.ready) + replicas.starting
        return {
            "conditions": [dict(condition) for condition in self._conditions.values()],
            "observedGeneration": generation,
            "replicas": running,
            "updatedReplicas": running,
            "readyReplicas": ready,
            "availableReplicas": ready,
            "unavailableReplicas": max(0, replicas.wanted - ready),
        }

    def _set(self, kind: str, holds: bool, reason: str, message: str) -> None:
        found = self._conditions.get(kind)
        status = "True" if holds else "False"
        said = {"type": kind, "status": status, "reason": reason, "message": message}
        at = now()
        since = found["lastTransitionTime"] if found and found["status"] == status else at
        self._conditions[kind] = {**said, "lastUpdateTime": at, "lastTransitionTime": since}


def _available(replicas: ReplicaSet) -> tuple[bool, str, str]:
    if len(replicas.ready) >= replicas.wanted:
        if replicas.wanted == 0:
            return True, "ScaledToZero", "No replica is needed; the next request starts one."
        return True, "MinimumReplicasAvailable", "All replicas that are needed are ready."
    message = f"{len(replicas.ready)} of {replicas.wanted} replicas are ready."
    return False, "MinimumReplicasUnavailable", message


def _progressing(replicas: ReplicaSet) -> tuple[bool, str, str]:
    if replicas.starting:
        return True, "ReplicasStarting", f"{replicas.starting} replicas are starting."
    if len(replicas.ready) < replicas.wanted and replicas.last_failure is not None:
        return False, "ReplicaFailure", replicas.last_failure.reason
    return True, "NewReplicaSetAvailable", "The replicas are as many as are needed."
