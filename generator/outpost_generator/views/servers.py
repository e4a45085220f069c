"""The servers of the document, and operations with a server of their own."""

import re
from typing import Any

from attrs import frozen

from outpost_generator.passes.parameters import TEMPLATE
from outpost_generator.python.text import literal, paragraph
from outpost_generator.python.types import STR, UNSET, union
from outpost_generator.views.descriptions import describe
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.printed.operations import ArgumentView
from outpost_generator.views.printed.package import DocumentServerView, VariableView


@frozen
class ServerView:
    """Where an operation is served."""

    template: str  # "{protocol}://{domain}"; "" for the client's base URL
    expression: str  # of the base URL
    arguments: tuple[ArgumentView, ...]


def server_of(context: OperationContext) -> ServerView:
    """Return the operation's own server, or an empty view."""
    servers = context.operation.get("servers")
    server = servers[0] if isinstance(servers, list) and servers else None
    url = str(server.get("url", "")) if isinstance(server, dict) else ""
    if not isinstance(server, dict) or not re.match(r"[A-Za-z{][^/]*://|\{", url):
        return ServerView("", "", ())  # relative to the address of the document: the client's own
    variables = server.get("variables") or {}
    arguments: dict[str, ArgumentView] = {}
    pieces: list[str] = []
    for index, piece in enumerate(TEMPLATE.split(url)):
        if index % 2:
            if piece not in arguments:
                default = str((variables.get(piece) or {}).get("default", ""))
                name = context.argument(piece)
                arguments[piece] = ArgumentView(name, context.passed_text(STR), literal(default))
            function = context.need("encoding", "server_part")
            pieces.append(f"{function}({literal(piece)}, {arguments[piece].name})")
        elif piece:
            pieces.append(literal(piece))
    base_url = ArgumentView("base_url", context.passed_text(union(UNSET, STR)), "UNSET")
    return ServerView(url, " + ".join(pieces), (*arguments.values(), base_url))


def document_servers(root: dict[str, Any]) -> list[DocumentServerView]:
    """Return the servers of the whole document, in its order."""
    servers = root.get("servers")
    return [
        DocumentServerView(
            url=str(server.get("url", "")),
            description=paragraph(describe(server)),
            variables=tuple(
                VariableView(
                    name=name,
                    default=str(variable.get("default", "")),
                    choices=tuple(str(each) for each in variable.get("enum") or ()),
                    description=paragraph(describe(variable)),
                )
                for name, variable in (server.get("variables") or {}).items()
                if isinstance(variable, dict)
            ),
        )
        for server in (servers if isinstance(servers, list) else [])
        if isinstance(server, dict)
    ]
