"""What a supervisor and its worker are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from outpost_server.worker.confinement.confinement import Confinement
from outpost_server.worker.resources.limits import Limits


@dataclass(frozen=True)
class WorkerSettings:
    """None of it is secret. All paths are absolute.

    ``folder`` is the worker's working directory. ``python`` is the interpreter that serves, None
    for a fork of the zygote. Only the process ``server_pid`` may connect, where the system can
    tell; 0 for any. The other names mean what they do in ``ReplicaSpec`` of the engines.
    """

    pod_name: str
    template_path: str
    class_name: str
    root_path: str
    runtime_log: str
    folder: str
    python: str | None
    limits: Limits
    variables: Mapping[str, str] = field(default_factory=dict)
    confinement: Confinement = field(default_factory=Confinement)
    server_pid: int = 0
    template_root: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> WorkerSettings:
        values = json.loads(text)
        limits = Limits(**values["limits"])
        confinement = Confinement.from_values(values["confinement"])
        return cls(**{**values, "limits": limits, "confinement": confinement})
