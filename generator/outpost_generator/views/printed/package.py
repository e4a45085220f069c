"""What templates of the package as a whole may print: its tags, servers, security and events."""

from attrs import field, frozen

from outpost_generator.python.document_text import Text, texts


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

    pointer: Text = field(converter=Text)
    name: Text = field(converter=Text)
    kind: Text = field(converter=Text)
    method: Text = field(converter=Text)
    summary: Text = field(converter=Text)
    function: str  # read_push
    docstring: Text = field(converter=Text)
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
    docstring: Text = field(converter=Text)
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

    name: Text = field(converter=Text)
    type: Text = field(converter=Text)
    location: Text = field(converter=Text)
    parameter: Text = field(converter=Text)
    scheme: Text = field(converter=Text)


@frozen
class VariableView:
    """One variable of a server's address.

    Attributes:
        name: in the address, text
        default: its value, text
        choices: the allowed values, text; empty when any is
        description: on one line, text
    """

    name: Text = field(converter=Text)
    default: Text = field(converter=Text)
    choices: tuple[Text, ...] = field(converter=texts)
    description: Text = field(converter=Text)


@frozen
class DocumentServerView:
    """One server of the document.

    Attributes:
        url: its template, text
        description: on one line, text
        variables: those of the template
    """

    url: Text = field(converter=Text)
    description: Text = field(converter=Text)
    variables: tuple[VariableView, ...]
