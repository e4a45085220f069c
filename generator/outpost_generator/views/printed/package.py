"""What templates of the package as a whole may print: its tags, servers, security and events."""

from attrs import frozen


@frozen
class EventView:
    """One request that the other side sends: a webhook or a callback.

    Attributes:
        pointer: where the source describes it
        name: of the webhook or callback, quoted
        kind: webhook or callback, quoted
        method: the HTTP method, quoted
        summary: on one line, quoted
        function: what reads its body
        function_literal: the same, quoted
        docstring: of that function, with its quotes
        payload: annotation of the body
        imports: whole lines
        returned: expression that reads ``content``
    """

    pointer: str
    name: str  # '"push"'
    kind: str  # '"webhook"'
    method: str  # '"POST"'
    summary: str
    function: str  # "read_push"
    function_literal: str
    docstring: str
    payload: str
    imports: tuple[str, ...]
    returned: str  # "decoder(Push)(content, strict)"


@frozen
class TagView:
    """One tag package: its operations by module.

    Attributes:
        header: the comment lines that begin the file
        docstring: of the package, with its quotes
        package: its name
        modules: its operations, sorted
    """

    header: str
    docstring: str
    package: str
    modules: tuple[str, ...]


@frozen
class SecuritySchemeView:
    """One security scheme.

    Attributes:
        name: in the document, quoted
        type: apiKey, http, oauth2, ..., quoted
        location: query, header or cookie, quoted
        parameter: name of the header, cookie or query parameter, quoted
        scheme: of HTTP: basic, bearer, ..., quoted
    """

    name: str
    type: str
    location: str
    parameter: str
    scheme: str


@frozen
class VariableView:
    """One variable of a server's address.

    Attributes:
        name: in the address, quoted
        default: its value, quoted
        choices: tuple of the allowed values; empty when any is
        description: on one line, quoted
    """

    name: str
    default: str
    choices: str
    description: str


@frozen
class DocumentServerView:
    """One server of the document.

    Attributes:
        url: its template, quoted
        description: on one line, quoted
        variables: those of the template
    """

    url: str
    description: str
    variables: tuple[VariableView, ...]
