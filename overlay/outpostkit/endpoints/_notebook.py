"""How endpoints, deployments and logs look in a notebook: tables of HTML, all text escaped.

The classes of this package have ``_repr_html_``. Those of ``outpost_api`` are generated and know
nothing of notebooks; they are made known to IPython by name, as its documentation proposes for the
classes of others, which loads none of them. Nothing here asks the server.
"""

import html
import sys
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from outpost_api import models
    from outpostkit.endpoints._records import EndpointLog

#: Rows that a table shows at most; a notebook becomes slow with thousands.
MAX_ROWS = 200

_COLORS = {
    "healthy": "#1a7f37",
    "failed": "#cf222e",
    "ERROR": "#cf222e",
    "CRITICAL": "#cf222e",
    "WARNING": "#9a6700",
    "DEBUG": "#6e7781",
}


if TYPE_CHECKING:
    _Lines = List[EndpointLog]
else:
    _Lines = list


class LogLines(_Lines):
    """A list of log lines that a notebook shows as a table."""

    def _repr_html_(self) -> str:
        return logs_html(self)


def endpoint_html(full_name: str, kind: str, deployment_id: Optional[str]) -> str:
    """Return an object that addresses an endpoint."""
    rows = [("endpoint", full_name)]
    if deployment_id is not None:
        rows.append(("last deployment", deployment_id))
    return _facts(kind, rows)


def resource_html(endpoint: "models.EndpointResource") -> str:
    """Return an endpoint with its settings."""
    return _facts(
        "Endpoint",
        [
            ("name", endpoint.fullName),
            ("status", endpoint.status),
            ("template", _template(endpoint)),
            ("task", endpoint.taskType),
            ("hardware", getattr(endpoint.hardwareInstance, "name", None)),
            ("replicas", _replicas(endpoint)),
            ("domain", getattr(endpoint.primaryDomain, "name", None)),
            ("visibility", endpoint.visibility),
            ("created", endpoint.createdAt),
            ("updated", endpoint.updatedAt),
        ],
    )


def endpoints_html(listed: "models.EndpointListResponse") -> str:
    """Return a list of endpoints."""
    return _table(
        f"{listed.total} endpoints",
        ("name", "status", "template", "hardware", "replicas", "updated"),
        [
            (
                each.fullName,
                each.status,
                _template(each),
                getattr(each.hardwareInstance, "name", None),
                _replicas(each),
                each.updatedAt,
            )
            for each in listed.endpoints[:MAX_ROWS]
        ],
        left_out=len(listed.endpoints) - MAX_ROWS,
    )


def deployment_html(deployment: "models.EndpointDeployment") -> str:
    """Return one deployment."""
    names = ("deployment", "status", "created", "concluded", "took", "by")
    return _facts("Deployment", list(zip(names, _deployment_row(deployment))))


def deployments_html(listed: "models.ListEndpointDeploymentsResponse") -> str:
    """Return a page of deployments."""
    return _table(
        f"{listed.total} deployments",
        ("deployment", "status", "created", "concluded", "took", "by"),
        [_deployment_row(each) for each in listed.deployments[:MAX_ROWS]],
        left_out=len(listed.deployments) - MAX_ROWS,
    )


def replica_status_html(status: "models.EndpointReplicaStatus") -> str:
    """Return how the replicas do."""
    return _facts(
        "Replicas",
        [
            ("all", status.replicas),
            ("ready", status.readyReplicas),
            ("available", status.availableReplicas),
        ],
    )


def log_html(line: "EndpointLog") -> str:
    """Return one log line."""
    return logs_html([line])


def logs_html(lines: "Sequence[EndpointLog]") -> str:
    """Return log lines, oldest first; of many, the newest."""
    return _table(
        f"{len(lines)} log lines",
        ("time", "level", "message"),
        [(_time(each), each.data.level, _text(each)) for each in lines[-MAX_ROWS:]],
        left_out=len(lines) - MAX_ROWS,
    )


#: Module and name of a class to what shows it.
SHOWN: Dict[Tuple[str, str], Callable[[Any], str]] = {
    ("outpost_api.models.endpoint_resource", "EndpointResource"): resource_html,
    ("outpost_api.models.endpoint_list_response", "EndpointListResponse"): endpoints_html,
    ("outpost_api.models.endpoint_deployment", "EndpointDeployment"): deployment_html,
    (
        "outpost_api.models.list_endpoint_deployments_response",
        "ListEndpointDeploymentsResponse",
    ): deployments_html,
    ("outpost_api.models.endpoint_replica_status", "EndpointReplicaStatus"): replica_status_html,
    ("outpostkit.endpoints._records", "EndpointLog"): log_html,
}


def register() -> None:
    """Make the classes known to IPython, if this program runs in it; again does no harm."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    formatter = getattr(shell, "display_formatter", None)
    if formatter is None:
        return
    for (module, name), show in SHOWN.items():
        formatter.formatters["text/html"].for_type_by_name(module, name, show)


def _template(endpoint: "models.EndpointResource") -> Optional[str]:
    if endpoint.customTemplateConfig is not None:
        return endpoint.customTemplateConfig.className
    config = endpoint.autogeneratedTemplateConfig
    if config is None:
        return None
    for model, name in ((config.huggingfaceModel, "id"), (config.outpostModel, "fullName")):
        if model is not None:
            return getattr(model, name, None)
    return None


def _replicas(endpoint: "models.EndpointResource") -> Optional[str]:
    scaling = endpoint.replicaScalingConfig
    return None if scaling is None else f"{scaling.min} to {scaling.max}"


def _deployment_row(deployment: "models.EndpointDeployment") -> Tuple[object, ...]:
    took = deployment.timeTakenS
    return (
        deployment.id,
        deployment.status,
        deployment.createdAt,
        deployment.concludedAt,
        f"{took} s" if took is not None else None,
        getattr(deployment.creator, "name", None),
    )


def _time(line: "EndpointLog") -> str:
    return line.timestamp if line.time is None else f"{line.time:%Y-%m-%d %H:%M:%S.%f}"[:-3]


def _text(line: "EndpointLog") -> str:
    return "\n".join(filter(None, (line.message, line.data.exc_info)))


def _facts(title: str, facts: Iterable[Tuple[str, object]]) -> str:
    rows = "".join(
        f'<tr><th style="text-align:left">{html.escape(name)}</th>{_cell(value)}</tr>'
        for name, value in facts
        if value is not None
    )
    return f"<table><caption>{html.escape(title)}</caption><tbody>{rows}</tbody></table>"


def _table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, left_out: int
) -> str:
    head = "".join(f'<th style="text-align:left">{html.escape(each)}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    if left_out > 0:
        title = f"{title}, {left_out} of them not shown"
    return (
        f"<table><caption>{html.escape(title)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    color = _COLORS.get(text)
    style = "text-align:left;white-space:pre-wrap" + (f";color:{color}" if color else "")
    return f'<td style="{style}">{html.escape(text)}</td>'
