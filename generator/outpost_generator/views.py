"""What templates may print. Every field is final Python source text, or a plain yes or no."""

from attrs import frozen


@frozen
class FieldView:
    """One attribute of a model."""

    name: str  # "createdAt"
    annotation: str  # "Union[Unset, str]"
    default: str  # "" when required, " = UNSET" otherwise


@frozen
class ClassView:
    """One model class."""

    decorator: str  # "define" or "frozen"
    name: str
    docstring: str
    settings: tuple[str, ...]  # '__wire_names__ = {"class_": "class"}'
    fields: tuple[FieldView, ...]


@frozen
class MemberView:
    """One value of an enum."""

    name: str
    value: str


@frozen
class EnumView:
    """One enum class of text values."""

    name: str
    docstring: str
    members: tuple[MemberView, ...]
    like: str  # name of "a member or its text"; "" when users never pass one in
    texts: str  # 'Literal["a", "b"]'


@frozen
class AliasView:
    """A name for a type that is no class."""

    name: str
    annotation: str
    comment: tuple[str, ...]
    checked_only: bool  # recursive: shown to type checkers, Any at run time
    discriminator: str  # 'discriminate(X, "kind", {...})' or ""


@frozen
class ModelModuleView:
    """One module of ``models``."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    classes: tuple[ClassView, ...]
    enums: tuple[EnumView, ...]
    aliases: tuple[AliasView, ...]
    exported: str  # '["Node"]'


@frozen
class ParameterView:
    """One argument of an operation that is a parameter of the document."""

    name: str  # "replica_index"
    name_literal: str  # '"replica_index"'
    annotation: str
    default: str  # "" when required, " = UNSET" otherwise
    wire_name: str  # '"replicaIndex"'
    location: str  # '"query"'
    required: bool
    write: str  # 'query.append(("limit", text(limit)))'; "" for path parameters


@frozen
class ArgumentView:
    """One argument of the generated functions, in the order of the signature."""

    name: str
    annotation: str
    default: str


@frozen
class BodyView:
    """One media type of a request body."""

    media_type: str  # '"application/json"'
    condition: str  # "isinstance(body, X)" that chooses it; "" for the first
    content: str  # "encode(body)"
    content_type: str  # '"application/json"'; "" when the content itself knows
    is_range: bool  # "image/*": the caller names the exact type


@frozen
class OperationView:
    """One operation module."""

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
    accept: str  # '"application/pdf"'; "" where the answer is plain JSON
    security: str
    server: str
    success: str  # annotation of a success
    failure: str  # annotation of an error body
    positional: tuple[ArgumentView, ...]
    keywords: tuple[ArgumentView, ...]
    path_expression: str
    parameters: tuple[ParameterView, ...]
    query: tuple[ParameterView, ...]
    headers: tuple[ParameterView, ...]
    cookies: tuple[ParameterView, ...]
    bodies: tuple[BodyView, ...]
    body_optional: bool
    body_choice: bool  # whether an argument `media_type` chooses between the bodies
    body_refusal: str  # '"must be one of: application/json"'
    body_default: str  # '"application/json"'
    base_url: str  # expression, or "" when the client's base URL is used
    request_media_types: str
    statuses: str
    passed: str  # "entity, name, limit=limit"
    response_headers: str  # class of the headers of its answers; "" when none are documented
    response_headers_import: str
    paging_item: str  # annotation of one item of a page; "" when it has no pages
    paging_rule: str  # 'paging.Rule("page", "page", ("items",), (), "size", 1)'
    idempotent: bool  # whether sending it twice does no more than sending it once
    stream_item: str  # annotation of one item of a streamed answer; "" when it is not streamed
    stream_media_type: str
    stream_pieces: str  # 'streaming.Events(Chunk)'
    header_names: tuple[str, ...]  # of all its answers, as on the wire

    @property
    def has_exact_body(self) -> bool:
        """Whether a body has a media type without wildcards."""
        return any(not body.is_range for body in self.bodies)

    @property
    def arguments(self) -> tuple[ArgumentView, ...]:
        """All arguments in the order of the signature."""
        return (*self.positional, *self.keywords)


@frozen
class EventView:
    """One request that the other side sends: a webhook or a callback."""

    pointer: str  # of the source
    name: str  # '"push"'
    kind: str  # '"webhook"'
    method: str  # '"POST"'
    summary: str
    function: str  # "read_push"
    function_literal: str
    docstring: str
    payload: str  # annotation of the body
    imports: tuple[str, ...]
    returned: str  # "decoder(Push)(content, strict)"


@frozen
class TagView:
    """One tag package: its operations by module."""

    header: str
    docstring: str
    package: str
    modules: tuple[str, ...]


@frozen
class SecuritySchemeView:
    """One security scheme."""

    name: str
    type: str
    location: str
    parameter: str
    scheme: str


@frozen
class VariableView:
    """One variable of a server's address."""

    name: str
    default: str
    choices: str
    description: str


@frozen
class DocumentServerView:
    """One server of the document."""

    url: str
    description: str
    variables: tuple[VariableView, ...]
