"""What templates of operations may print."""

from attrs import field, frozen

from outpost_generator.python.document_text import Text, texts, value


@frozen
class ParameterView:
    """One argument of an operation that is a parameter of the document.

    Attributes:
        name: the argument
        annotation: its type
        default: expression of its default; "" when it is required
        wire_name: the name in the document, text
        location: path, query, querystring, header or cookie, text
        required: whether the document demands it
        write: statement that adds it to the request; for path parameters, expression of its part
    """

    name: str  # replica_index
    annotation: str
    default: str
    wire_name: Text = field(converter=Text)  # replicaIndex
    location: Text = field(converter=Text)
    required: bool
    write: str


@frozen
class ArgumentView:
    """One argument of the generated functions, in the order of the signature.

    Attributes:
        name: the argument
        annotation: its type
        default: expression of its default; "" when it is required
    """

    name: str
    annotation: str
    default: str


@frozen
class BodyView:
    """One media type of a request body.

    Attributes:
        media_type: as in the document, text
        condition: test of the argument ``body`` that chooses it; "" for the first
        content: expression of the encoded body
        content_type: the header, text; "" when the content itself knows
        is_range: whether the caller names the exact type (``image/*``)
    """

    media_type: Text = field(converter=Text)
    condition: str
    content: str  # encode_json(body)
    content_type: Text = field(converter=Text)
    is_range: bool


@frozen
class ContentView:
    """One media type of an answer.

    Attributes:
        media_type: in lower case, text
        annotation: the type of the body
    """

    media_type: Text = field(converter=Text)
    annotation: str


@frozen
class AnswerView:
    """The answers of one status.

    Attributes:
        status: such as 200, 2XX or default, text
        contents: its media types
    """

    status: Text = field(converter=Text)
    contents: tuple[ContentView, ...]


@frozen
class OperationView:
    """One operation module.

    Attributes:
        header: the comment lines that begin the file
        module_docstring: of the module, text
        docstring: of ``plan``, text
        module_name: the file, without its suffix
        module: the import path, text
        imports: whole lines, sorted
        id: the operationId, text
        method: the HTTP method, text
        path: the path template, text
        tag: the first tag, text
        tag_package: the package of that tag
        summary: on one line, text
        deprecated: whether the document says so
        answers: by status
        accept: the Accept header, text; "" where the answer is plain JSON
        security: alternatives, each a tuple of scheme names, text
        server: template of its own server, text, or ``None``
        success: annotation of what a success holds
        failure: annotation of an error body
        positional: the arguments of the path, in its order
        keywords: all other arguments, required ones first
        path_expression: expression of the encoded path
        parameters: every parameter of the document
        fixed_query: expression of the pairs that the path of the document has behind a question
            mark; "" when it has none
        bodies: one for each media type of the request
        body_optional: whether the body may be left out
        body_choice: whether an argument ``media_type`` chooses between the bodies
        body_refusal: what to say of a media type that is none of them, text
        base_url: expression of its own base URL; "" when the client's is used
        request_media_types: of the request, text
        statuses: those documented, text
        passed: the arguments as one call hands them to the next
        response_headers: class of the headers of its answers; "" when none are documented
        response_headers_import: the line that imports it
        paging_item: annotation of one item of a page; "" when it has no pages
        paging_rule: expression of how it has pages
        idempotent: whether sending it twice does no more than sending it once; ``None`` leaves
            it to the method
        idempotency_header: header that makes it so for one call, text; "" when there is none
        stream_item: annotation of one item of a streamed answer; "" when it is not streamed
        stream_media_type: media type to ask for, text
        stream_pieces: expression of how the stream is cut
        header_names: of all its answers, as on the wire, text
    """

    header: str
    module_docstring: Text = field(converter=Text)
    docstring: Text = field(converter=Text)
    module_name: str
    module: Text = field(converter=Text)
    imports: tuple[str, ...]
    id: Text = field(converter=Text)
    method: Text = field(converter=Text)
    path: Text = field(converter=Text)
    tag: Text = field(converter=Text)
    tag_package: str
    summary: Text = field(converter=Text)
    deprecated: bool
    answers: tuple[AnswerView, ...]
    accept: Text = field(converter=Text)
    security: tuple[tuple[Text, ...], ...] = field(converter=value)
    server: "Text | None" = field(converter=value)
    success: str
    failure: str
    positional: tuple[ArgumentView, ...]
    keywords: tuple[ArgumentView, ...]
    path_expression: str
    parameters: tuple[ParameterView, ...]
    fixed_query: str  # [("method", "list")]
    bodies: tuple[BodyView, ...]
    body_optional: bool
    body_choice: bool
    body_refusal: Text = field(converter=Text)
    base_url: str
    request_media_types: tuple[Text, ...] = field(converter=texts)
    statuses: tuple[Text, ...] = field(converter=texts)
    passed: str  # entity, name, limit=limit
    response_headers: str
    response_headers_import: str
    paging_item: str
    paging_rule: str  # paging.Rule("page", "page", ("items",), (), "size", 1)
    idempotent: "bool | None"
    idempotency_header: Text = field(converter=Text)
    stream_item: str
    stream_media_type: Text = field(converter=Text)
    stream_pieces: str  # streaming.Events(Chunk)
    header_names: tuple[Text, ...] = field(converter=texts)

    @property
    def query(self) -> tuple[ParameterView, ...]:
        """The parameters in the query."""
        return self._in("query", "querystring")

    @property
    def headers(self) -> tuple[ParameterView, ...]:
        """The parameters in headers."""
        return self._in("header")

    @property
    def cookies(self) -> tuple[ParameterView, ...]:
        """The parameters in cookies."""
        return self._in("cookie")

    @property
    def has_exact_body(self) -> bool:
        """Whether a body has a media type without wildcards."""
        return any(not body.is_range for body in self.bodies)

    @property
    def arguments(self) -> tuple[ArgumentView, ...]:
        """All arguments in the order of the signature."""
        return (*self.positional, *self.keywords)

    def _in(self, *locations: str) -> tuple[ParameterView, ...]:
        return tuple(each for each in self.parameters if each.location in locations)
