"""What a supervisor and its worker are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from outpost_server.worker.limits import Limits


@dataclass(frozen=True)
class WorkerSettings:
    """None of it is secret. All paths but ``socket`` are absolute.

    ``folder`` is the worker's working directory, and ``socket`` where in it the worker listens.
    ``python`` is the interpreter that serves, None for a fork of the zygote. The other names mean
    what they do in ``ReplicaSpec`` of the engines.
    """

    pod_name: str
    template_path: str
    class_name: str
    root_path: str
    runtime_log: str
    folder: str
    socket: str
    python: str | None
    limits: Limits
    variables: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> WorkerSettings:
        values = json.loads(text)
        return cls(**{**values, "limits": Limits(**values["limits"])})
