"""What templates of operations may print."""

from attrs import frozen


@frozen
class ParameterView:
    """One argument of an operation that is a parameter of the document.

    Attributes:
        name: the argument
        name_literal: the same, quoted
        annotation: its type
        default: what stands after the annotation; "" when it is required
        wire_name: the name in the document, quoted
        location: path, query, querystring, header or cookie, quoted
        required: whether the document demands it
        write: statement that adds it to the request; "" for path parameters
    """

    name: str  # "replica_index"
    name_literal: str  # '"replica_index"'
    annotation: str
    default: str
    wire_name: str  # '"replicaIndex"'
    location: str  # '"query"'
    required: bool
    write: str


@frozen
class ArgumentView:
    """One argument of the generated functions, in the order of the signature.

    Attributes:
        name: the argument
        annotation: its type
        default: what stands after the annotation; "" when it is required
    """

    name: str
    annotation: str
    default: str


@frozen
class BodyView:
    """One media type of a request body.

    Attributes:
        media_type: as in the document, quoted
        condition: test of the argument ``body`` that chooses it; "" for the first
        content: expression of the encoded body
        content_type: expression of the header; "" when the content itself knows
        is_range: whether the caller names the exact type (``image/*``)
    """

    media_type: str  # '"application/json"'
    condition: str
    content: str  # "encode(body)"
    content_type: str
    is_range: bool


@frozen
class OperationView:
    """One operation module.

    Attributes:
        header: the comment lines that begin the file
        module_docstring: of the module, with its quotes
        docstring: of ``plan``, with its quotes
        module_name: the file, without its suffix
        module_literal: the import path, quoted
        imports: whole lines, sorted
        id: the operationId, quoted
        method: the HTTP method, quoted
        path: the path template, quoted
        tag: the first tag, quoted
        tag_package: the package of that tag
        summary: on one line, quoted
        deprecated: whether the document says so
        responses: table of statuses, media types and types
        accept: the Accept header, quoted; "" where the answer is plain JSON
        security: tuple of alternatives, each a tuple of scheme names
        server: template of its own server, quoted, or ``None``
        success: annotation of what a success holds
        failure: annotation of an error body
        positional: the arguments of the path, in its order
        keywords: all other arguments, required ones first
        path_expression: expression of the encoded path
        parameters: every parameter of the document
        fixed_query: pairs that the path of the document has behind a question mark; or empty
        query: those in the query
        headers: those in headers
        cookies: those in cookies
        bodies: one for each media type of the request
        body_optional: whether the body may be left out
        body_choice: whether an argument ``media_type`` chooses between the bodies
        body_refusal: text for a media type that is none of them, quoted
        body_default: the media type taken when nothing else chooses, quoted
        base_url: expression of its own base URL; "" when the client's is used
        request_media_types: tuple of the media types of the request
        statuses: tuple of the documented statuses
        passed: the arguments as one call hands them to the next
        response_headers: class of the headers of its answers; "" when none are documented
        response_headers_import: the line that imports it
        paging_item: annotation of one item of a page; "" when it has no pages
        paging_rule: expression of how it has pages
        idempotent: whether sending it twice does no more than sending it once; "" leaves it to the
            method
        idempotency_header: header that makes it so for one call, quoted; "" when there is none
        stream_item: annotation of one item of a streamed answer; "" when it is not streamed
        stream_media_type: media type to ask for, quoted
        stream_pieces: expression of how the stream is cut
        header_names: of all its answers, as on the wire
    """

    header: str
    module_docstring: str
    docstring: str
    module_name: str
    module_literal: str
    imports: tuple[str, ...]
    id: str
    method: str
    path: str
    tag: str
    tag_package: str
    summary: str
    deprecated: bool
    responses: str
    accept: str
    security: str
    server: str
    success: str
    failure: str
    positional: tuple[ArgumentView, ...]
    keywords: tuple[ArgumentView, ...]
    path_expression: str
    parameters: tuple[ParameterView, ...]
    fixed_query: str  # '[("method", "list")]'
    query: tuple[ParameterView, ...]
    headers: tuple[ParameterView, ...]
    cookies: tuple[ParameterView, ...]
    bodies: tuple[BodyView, ...]
    body_optional: bool
    body_choice: bool
    body_refusal: str  # '"must be one of: application/json"'
    body_default: str  # '"application/json"'
    base_url: str
    request_media_types: str
    statuses: str
    passed: str  # "entity, name, limit=limit"
    response_headers: str
    response_headers_import: str
    paging_item: str
    paging_rule: str  # 'paging.Rule("page", "page", ("items",), (), "size", 1)'
    idempotent: str
    idempotency_header: str  # '"Idempotency-Key"'
    stream_item: str
    stream_media_type: str
    stream_pieces: str  # 'streaming.Events(Chunk)'
    header_names: tuple[str, ...]

    @property
    def has_exact_body(self) -> bool:
        """Whether a body has a media type without wildcards."""
        return any(not body.is_range for body in self.bodies)

    @property
    def arguments(self) -> tuple[ArgumentView, ...]:
        """All arguments in the order of the signature."""
        return (*self.positional, *self.keywords)
