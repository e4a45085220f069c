"""From operations of the normalised document to the modules of ``api``."""

from attrs import define, field

from outpost_generator.errors import Problem
from outpost_generator.passes.response_headers import KEY as RESPONSE_HEADERS
from outpost_generator.python.document_text import plain
from outpost_generator.python.naming import safe_name, snake_case, unique
from outpost_generator.python.text import blocks, paragraph
from outpost_generator.reading.document import operations
from outpost_generator.schemas.models import Models
from outpost_generator.views.bodies import bodies_of
from outpost_generator.views.descriptions import describe
from outpost_generator.views.idempotency import idempotency_header, marked_idempotent
from outpost_generator.views.models import HeaderMaker
from outpost_generator.views.operation_context import OperationContext
from outpost_generator.views.operation_notes import operation_docstring
from outpost_generator.views.paging import paging_of
from outpost_generator.views.parameters import fixed_query, parameters_of, path_expression
from outpost_generator.views.printed.operations import ArgumentView, OperationView, ParameterView
from outpost_generator.views.printed.package import TagView
from outpost_generator.views.responses import responses_of
from outpost_generator.views.servers import server_of
from outpost_generator.views.streams import stream_of


@define
class Operations:
    """The operations of a document, as views by tag."""

    models: Models
    header: HeaderMaker
    by_pointer: dict[str, OperationView] = field(factory=dict)
    problems: list[Problem] = field(factory=list)
    _packages: dict[str, str] = field(factory=dict)
    _taken_packages: set[str] = field(factory=set)
    _taken_modules: dict[str, set[str]] = field(factory=dict)

    def build(self) -> "Operations":
        """Make the view of every operation."""
        for path, method, operation in operations(self.models.document.root):
            tag = str((operation.get("tags") or ["default"])[0])
            if tag not in self._packages:
                self._packages[tag] = unique(safe_name(snake_case(tag)), self._taken_packages)
            package = self._packages[tag]
            modules = self._taken_modules.setdefault(package, set())
            module = unique(safe_name(snake_case(operation["operationId"])), modules)
            context = OperationContext(self.models, path, method, operation, self.problems)
            view = operation_view(context, tag, package, module, self.header)
            self.by_pointer[context.where] = view
        return self

    @property
    def views(self) -> list[OperationView]:
        """The views in the order of the document."""
        return list(self.by_pointer.values())

    def tags(self, header: str) -> list[TagView]:
        """Return the tag packages in the order of the document."""
        described = {
            str(tag.get("name")): describe(tag)
            for tag in self.models.document.root.get("tags") or []
            if isinstance(tag, dict)
        }
        return [
            TagView(
                header=header,
                docstring="\n".join(blocks(described.get(tag, ""))) or f"Operations tagged {tag}.",
                package=package,
                modules=tuple(
                    sorted(view.module_name for view in self.views if view.tag_package == package)
                ),
            )
            for tag, package in self._packages.items()
        ]


def operation_view(
    context: OperationContext, tag: str, package: str, module: str, header: HeaderMaker
) -> OperationView:
    """Return the view of one operation."""
    operation = context.operation
    identifier = str(operation["operationId"])
    parameters = parameters_of(context)
    server = server_of(context)
    bodies = bodies_of(context)
    responses = responses_of(context)
    stream = stream_of(context)
    paging = paging_of(context)
    positional, keywords = _arguments(
        context, parameters, bodies.argument, bodies.chooser, server.arguments
    )
    if any(argument.default == "UNSET" for argument in keywords):
        context.need("types", "UNSET")
    fixed = fixed_query(context, context.path, parameters)
    headers: str | None = operation.get(RESPONSE_HEADERS)
    passed = [argument.name for argument in positional]
    passed += [f"{argument.name}={argument.name}" for argument in keywords]
    return OperationView(
        header=header(context.where),
        module_docstring=f"{identifier}: {context.http_method} {context.path}.",
        docstring="\n".join(operation_docstring(context, identifier, parameters)),
        module_name=module,
        module=f"{context.models.package}.api.{package}.{module}",
        imports=context.all_imports(),
        id=identifier,
        method=context.http_method,
        path=context.path,
        tag=tag,
        tag_package=package,
        summary=paragraph(operation.get("summary") or identifier),
        deprecated=bool(operation.get("deprecated")),
        answers=responses.answers,
        accept=responses.accept,
        security=_security(context),
        server=server.template or None,
        success=responses.success,
        failure=responses.failure,
        positional=tuple(positional),
        keywords=tuple(keywords),
        path_expression=path_expression(context.path, parameters),
        parameters=tuple(parameters),
        fixed_query=fixed,
        bodies=bodies.bodies,
        body_optional=bool(bodies.argument and bodies.argument.default),
        body_choice=bodies.chooser is not None,
        body_refusal=bodies.refusal,
        base_url=server.expression,
        request_media_types=tuple(context.body.get("content") or ()),
        statuses=tuple(operation["responses"]),
        passed=", ".join(passed),
        response_headers=context.models.names[headers] if headers else "",
        response_headers_import=context.models.import_line(headers) if headers else "",
        paging_item=paging.item if paging else "",
        paging_rule=paging.rule if paging else "",
        idempotent=marked_idempotent(context),
        idempotency_header=idempotency_header(context),
        stream_item=stream.item if stream else "",
        stream_media_type=stream.media_type if stream else "",
        stream_pieces=stream.pieces if stream else "",
        header_names=tuple(context.models.schema(headers)["properties"]) if headers else (),
    )


def _arguments(
    context: OperationContext,
    parameters: list[ParameterView],
    body: "ArgumentView | None",
    chooser: "ArgumentView | None",
    server: tuple[ArgumentView, ...],
) -> tuple[list[ArgumentView], list[ArgumentView]]:
    """Return the arguments by position (the path's) and by keyword (required first)."""
    in_path = [view for view in parameters if view.location == "path"]
    in_path.sort(key=lambda view: context.path.index("{" + plain(view.wire_name) + "}"))
    positional = [ArgumentView(view.name, view.annotation, "") for view in in_path]
    others = [
        ArgumentView(view.name, view.annotation, view.default)
        for view in parameters
        if view.location != "path"
    ]
    if body is not None:
        others.insert(len([argument for argument in others if not argument.default]), body)
    others.extend([chooser] if chooser is not None else [])
    others.extend(server)
    return positional, sorted(others, key=lambda argument: bool(argument.default))


def _security(context: OperationContext) -> tuple[tuple[str, ...], ...]:
    root = context.models.document.root
    required = context.operation.get("security", root.get("security")) or []
    return tuple(tuple(each) for each in required if isinstance(each, dict))
