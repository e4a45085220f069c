"""What templates of the package as a whole may print: its tags, servers, security and events."""

from attrs import field, frozen

from outpost_generator.views.printed import text, texts


@frozen
class EventView:
    """One request that the other side sends: a webhook or a callback.

    Attributes:
        pointer: where the source describes it, text
        name: of the webhook or callback, text
        kind: webhook or callback, text
        method: the HTTP method, text
        summary: on one line, text
        function: what reads its body
        docstring: of that function, text
        payload: annotation of the body
        imports: whole lines
        returned: expression that reads ``content``
    """

    pointer: str = field(converter=text)
    name: str = field(converter=text)
    kind: str = field(converter=text)
    method: str = field(converter=text)
    summary: str = field(converter=text)
    function: str  # read_push
    docstring: str = field(converter=text)
    payload: str
    imports: tuple[str, ...]
    returned: str  # decoder(Push)(content, strict)


@frozen
class TagView:
    """One tag package: its operations by module.

    Attributes:
        header: the comment lines that begin the file
        docstring: of the package, text
        package: its name
        modules: its operations, sorted
    """

    header: str
    docstring: str = field(converter=text)
    package: str
    modules: tuple[str, ...]


@frozen
class SecuritySchemeView:
    """One security scheme.

    Attributes:
        name: in the document, text
        type: apiKey, http, oauth2, ..., text
        location: query, header or cookie, text
        parameter: name of the header, cookie or query parameter, text
        scheme: of HTTP: basic, bearer, ..., text
    """

    name: str = field(converter=text)
    type: str = field(converter=text)
    location: str = field(converter=text)
    parameter: str = field(converter=text)
    scheme: str = field(converter=text)


@frozen
class VariableView:
    """One variable of a server's address.

    Attributes:
        name: in the address, text
        default: its value, text
        choices: the allowed values, text; empty when any is
        description: on one line, text
    """

    name: str = field(converter=text)
    default: str = field(converter=text)
    choices: tuple[str, ...] = field(converter=texts)
    description: str = field(converter=text)


@frozen
class DocumentServerView:
    """One server of the document.

    Attributes:
        url: its template, text
        description: on one line, text
        variables: those of the template
    """

    url: str = field(converter=text)
    description: str = field(converter=text)
    variables: tuple[VariableView, ...]
