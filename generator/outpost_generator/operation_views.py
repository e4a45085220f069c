"""From operations of the normalised document to the modules of ``api``."""

import re
from typing import Any

from attrs import define, field

from outpost_generator.body_views import bodies_of
from outpost_generator.descriptions import bounds, describe
from outpost_generator.document import Problem, operations, pointer
from outpost_generator.model_views import HeaderMaker, Models
from outpost_generator.naming import argument_name, safe_name, snake_case, unique
from outpost_generator.text import blocks, docstring, literal, paragraph, wrap
from outpost_generator.types import ANY, BYTES, NONE, STR, UNSET, DictOf, ListOf, Named, Plain, Type, UnionOf, union
from outpost_generator.views import ArgumentView, OperationView, ParameterView, TagView

_TEMPLATE = re.compile(r"\{([^{}]*)\}")


@define
class Operations:
    """The operations of a document, as views by tag."""

    models: Models
    header: HeaderMaker
    views: list[OperationView] = field(factory=list)
    problems: list[Problem] = field(factory=list)

    def build(self) -> "Operations":
        """Make the view of every operation."""
        root = self.models.document.root
        packages: dict[str, str] = {}
        taken_packages: set[str] = set()
        taken_modules: dict[str, set[str]] = {}
        taken_ids: set[str] = set()
        for path, method, operation in operations(root):
            tag = str((operation.get("tags") or ["default"])[0])
            if tag not in packages:
                packages[tag] = unique(safe_name(snake_case(tag)), taken_packages)
            package = packages[tag]
            identifier = str(operation.get("operationId") or f"{method} {path}")
            identifier = unique_id(identifier, taken_ids)
            module = unique(safe_name(snake_case(identifier)), taken_modules.setdefault(package, set()))
            builder = _Builder(self.models, path, method, operation, self.problems)
            self.views.append(builder.view(identifier, module, tag, package, self.header(builder.where)))
        return self

    def tags(self) -> list[TagView]:
        """Return the tag packages in the order of the document."""
        described = {
            str(tag.get("name")): describe(tag)
            for tag in self.models.document.root.get("tags") or []
            if isinstance(tag, dict)
        }
        by_package: dict[str, list[OperationView]] = {}
        for view in self.views:
            by_package.setdefault(view.tag_package, []).append(view)
        found = []
        for package, views in by_package.items():
            name = _tag_name(views[0])
            lines = blocks(described.get(name, "")) or [f"Operations tagged {name}."]
            found.append(
                TagView(
                    header=self.header("#/paths"),
                    docstring=docstring(lines),
                    package=package,
                    modules=tuple(sorted(view.module_name for view in views)),
                )
            )
        return found


def _tag_name(view: OperationView) -> str:
    import ast

    return str(ast.literal_eval(view.tag))


def unique_id(identifier: str, taken: set[str]) -> str:
    """Return an operation id that no earlier operation has."""
    candidate, number = identifier, 2
    while candidate in taken:
        candidate, number = f"{identifier}_{number}", number + 1
    taken.add(candidate)
    return candidate


@define
class _Builder:
    models: Models
    path: str
    method: str
    operation: dict[str, Any]
    problems: list[Problem]
    imports: set[str] = field(factory=set)
    used: list[Type] = field(factory=list)
    names: set[str] = field(factory=set)

    @property
    def where(self) -> str:
        return pointer("paths", self.path, self.method)

    def view(self, identifier: str, module: str, tag: str, package: str, header: str) -> OperationView:
        parameters = self._parameters()
        base_url, server, server_arguments = self._server()
        bodies, body_argument, media_argument = bodies_of(self)
        success, failure, responses = self._responses()
        path_arguments = {view.wire_name: view for view in parameters if view.location == '"path"'}
        positional = [
            ArgumentView(view.name, view.annotation, "")
            for name in _TEMPLATE.findall(self.path)
            if (view := path_arguments.get(literal(name))) is not None
        ]
        keyword_views = [view for view in parameters if view.location != '"path"']
        keywords = [
            *[ArgumentView(view.name, view.annotation, view.default) for view in keyword_views if view.required],
            *([body_argument] if body_argument and not body_argument.default else []),
            *[ArgumentView(view.name, view.annotation, view.default) for view in keyword_views if not view.required],
            *([body_argument] if body_argument and body_argument.default else []),
            *([media_argument] if media_argument else []),
            *server_arguments,
        ]
        self.imports.update(self.models.imports(self.used))
        if any("UNSET" in argument.default for argument in keywords):
            self.imports.add(f"from {self.models.package}.types import UNSET")
        passed = ", ".join([argument.name for argument in positional] + [f"{a.name}={a.name}" for a in keywords])
        summary = paragraph(describe({**self.operation, "description": None}) or identifier)
        line = f"{identifier}: {self.method.upper()} {self.path}"
        return OperationView(
            header=header,
            module_docstring=docstring([f"{line}."]),
            docstring=docstring(self._docstring(identifier, parameters)),
            module_name=module,
            module_literal=literal(f"{self.models.package}.api.{package}.{module}"),
            imports=tuple(sorted(self.imports)),
            id=literal(identifier),
            method=literal(self.method.upper()),
            path=literal(self.path),
            tag=literal(tag),
            tag_package=package,
            summary=literal(summary),
            deprecated=bool(self.operation.get("deprecated")),
            responses=responses,
            security=self._security(),
            server=literal(server) if server else "None",
            success=success,
            failure=failure,
            positional=tuple(positional),
            keywords=tuple(keywords),
            path_expression=self._path_expression(path_arguments),
            parameters=tuple(parameters),
            query=tuple(view for view in parameters if view.location == '"query"'),
            headers=tuple(view for view in parameters if view.location == '"header"'),
            cookies=tuple(view for view in parameters if view.location == '"cookie"'),
            bodies=bodies,
            body_optional=bool(body_argument and body_argument.default),
            body_choice=media_argument is not None,
            body_refusal=literal("must be one of: " + ", ".join((self.operation.get("requestBody") or {}).get("content") or ())),
            body_default=bodies[0].media_type if bodies else "",
            base_url=base_url,
            request_media_types=literal(tuple((self.operation.get("requestBody") or {}).get("content") or ())),
            statuses=literal(tuple(self.operation["responses"])),
            passed=passed,
        )

    def argument(self, wire_name: str) -> str:
        """Return an argument name that no other argument of this operation has."""
        chosen = self.models.config.arguments.get(str(self.operation.get("operationId")), {}).get(wire_name)
        return unique(argument_name(chosen or wire_name), self.names)

    def problem(self, where: str, reason: str, way_out: str) -> None:
        self.problems.append(Problem(where, reason, way_out))

    # --- parameters -------------------------------------------------------------------------------

    def _parameters(self) -> list[ParameterView]:
        views = []
        templated = _TEMPLATE.findall(self.path)
        declared = {each.get("name") for each in self.operation["parameters"] if each.get("in") == "path"}
        for index, parameter in enumerate(self.operation["parameters"]):
            at = f"{self.where}/parameters/{index}"
            location = parameter.get("in")
            name = parameter.get("name")
            if not isinstance(name, str) or location not in ("path", "query", "header", "cookie", "querystring"):
                self.problem(at, "a parameter needs a name and a place", "Give it `name` and `in`.")
                continue
            if location == "path" and name not in templated:
                self.problem(at, f"the path has no {{{name}}}", "Put it into the path, or remove the parameter.")
                continue
            if location == "header" and name.lower() in ("accept", "content-type", "authorization"):
                continue  # the specification says: such parameters are ignored
            views.append(self._parameter(parameter, name, str(location), at))
        for name in templated:
            if name not in declared:
                self.imports.add(f"from {self.models.package}.encoding import path_segment")
                views.append(ParameterView(
                    name=(python := self.argument(name)), name_literal=literal(python), annotation="str", default="",
                    wire_name=literal(name), location='"path"', required=True, write=f"path_segment({literal(name)}, {python})",
                ))
        return views

    def _parameter(self, parameter: dict[str, Any], name: str, location: str, at: str) -> ParameterView:
        python = self.argument(name)
        content = parameter.get("content")
        if isinstance(content, dict) and content:
            media_type, media = next(iter(content.items()))
            at_schema = f"{at}/content{pointer(media_type)[1:]}/schema"
            type_ = self.models.types.at(at_schema) if isinstance(media.get("schema"), dict) else ANY
        else:
            type_ = self.models.types.at(f"{at}/schema") if isinstance(parameter.get("schema"), dict) else STR
        type_ = self.models.expand(type_)
        required = bool(parameter.get("required")) or location == "path"
        self.used.append(type_)
        shown = type_ if required else union(UNSET, type_)
        self.used.append(shown)
        return ParameterView(
            name=python,
            name_literal=literal(python),
            annotation=self.models.text(shown),
            default="" if required else " = UNSET",
            wire_name=literal(name),
            location=literal(location),
            required=required,
            write=self._write(parameter, literal(name), python, location, type_, bool(content)),
        )

    def _write(
        self, parameter: dict[str, Any], name: str, python: str, location: str, type_: Type, as_json: bool
    ) -> str:
        """Return the statement or expression that writes a parameter into the request."""
        default_style = {"path": "simple", "header": "simple"}.get(location, "form")
        style = parameter.get("style") if isinstance(parameter.get("style"), str) else default_style
        explode = parameter.get("explode") if isinstance(parameter.get("explode"), bool) else style == "form"
        shape = self._shape(type_)
        if location == "path":
            if parameter.get("x-multi-segment"):
                return self._call("path_segments", name, python)
            if style == "simple" and shape == "scalar":
                return self._call("path_segment", name, python)
            return self._call("path_value", name, python, literal(style), repr(explode))
        if location == "header":
            return f"header_fields[{name}] = " + self._call("header_value", name, python, *(["True"] if explode else []))
        if location == "cookie":
            return f"cookie_fields.append(f{name[:-1]}={{{self._call('cookie_value', name, python)}}}\")" if "{" not in name else (
                f"cookie_fields.append({name} + '=' + {self._call('cookie_value', name, python)})")
        if as_json:
            return self._call("query_json", "query_pairs", name, python)
        if shape == "scalar":
            return f"query_pairs.append(({name}, {self._call('scalar_text', python)}))"
        writer = {"list": "query_list", "object": "query_object"}.get(shape, "query_value")
        return self._call(writer, "query_pairs", name, python, literal(style), repr(explode))

    def _call(self, function: str, *arguments: str) -> str:
        self.imports.add(f"from {self.models.package}.encoding import {function}")
        return f"{function}({', '.join(arguments)})"

    def _shape(self, type_: Type) -> str:
        """Return scalar, list, object or any: how a parameter is written on the wire."""
        match type_:
            case ListOf():
                return "list"
            case DictOf():
                return "object"
            case Plain("JsonValue"):
                return "any"
            case Named(component):
                from outpost_generator.parse import is_enum, is_object

                schema = self.models.schema(component)
                if is_enum(schema):
                    return "scalar"
                return "object" if is_object(schema) else self._shape(self.models.alias_type(component))
            case UnionOf(members):
                shapes = {self._shape(member) for member in members if member not in (NONE, UNSET)}
                return shapes.pop() if len(shapes) == 1 and NONE not in members else "any"
            case _:
                return "scalar"

    def _path_expression(self, arguments: dict[str, ParameterView]) -> str:
        parts: list[str] = []
        for index, piece in enumerate(_TEMPLATE.split(self.path)):
            if index % 2:
                view = arguments.get(literal(piece))
                if view is not None:
                    parts.append(view.write)
            elif piece:
                parts.append(literal(piece))
        return " + ".join(parts) or '"/"'

    # --- server and security ----------------------------------------------------------------------

    def _server(self) -> tuple[str, str, list[ArgumentView]]:
        """Return the base address expression, its template, and the arguments it needs."""
        servers = self.operation.get("servers")
        if not isinstance(servers, list) or not servers or not isinstance(servers[0], dict):
            return "", "", []
        url = str(servers[0].get("url", ""))
        if not re.match(r"[a-z{]", url):
            return "", "", []
        variables = servers[0].get("variables") or {}
        arguments = []
        pieces: list[str] = []
        self.imports.add(f"from {self.models.package}.encoding import server_part")
        for index, piece in enumerate(_TEMPLATE.split(url)):
            if index % 2:
                name = self.argument(piece)
                default = (variables.get(piece) or {}).get("default", "")
                arguments.append(ArgumentView(name, "str", f" = {literal(str(default))}"))
                pieces.append(f"server_part({literal(piece)}, {name})")
            elif piece:
                pieces.append(literal(piece))
        if not arguments:
            self.imports.discard(f"from {self.models.package}.encoding import server_part")
        arguments.append(ArgumentView("base_url", "Union[Unset, str]", " = UNSET"))
        self.imports.update(("from typing import Union", f"from {self.models.package}.types import Unset"))
        return " + ".join(pieces), url, arguments

    def _security(self) -> str:
        root = self.models.document.root
        required = self.operation.get("security", root.get("security")) or []
        return literal(tuple(tuple(each) for each in required if isinstance(each, dict)))

    # --- responses --------------------------------------------------------------------------------

    def _responses(self) -> tuple[str, str, str]:
        """Return the annotations of success and failure, and the table of responses."""
        documented = self.operation["responses"]
        has_success = any(status[:1] == "2" for status in documented)
        successes: list[Type] = []
        failures: list[Type] = []
        rows: list[str] = []
        for status, response in documented.items():
            at = f"{self.where}/responses/{status}"
            content = response.get("content") or {}
            entries: list[str] = []
            types: list[Type] = []
            for media_type, media in content.items():
                type_ = self._response_type(media_type, media, f"{at}/content{pointer(media_type)[1:]}")
                types.append(type_)
                self.used.append(type_)
                entries.append(f"{literal(media_type.lower())}: {_runtime(self.models.text(type_))}")
            rows.append(f"{literal(status.upper() if status != 'default' else status)}: {{{', '.join(entries)}}}")
            is_success = status[:1] == "2" or (status == "default" and not has_success)
            (successes if is_success else failures).extend(types or ([NONE] if is_success else []))
        success = union(*successes) if successes else NONE
        failure = union(*failures) if failures else NONE
        self.used += [success, failure]
        return self.models.text(success), self.models.text(failure), "{" + ", ".join(rows) + "}"

    def _response_type(self, media_type: str, media: dict[str, Any], at: str) -> Type:
        schema = media.get("schema")
        kind = media_kind(media_type)
        if kind == "json":
            return self.models.types.at(f"{at}/schema") if isinstance(schema, dict) else ANY
        if kind == "text":
            return STR
        return BYTES

    # --- text -------------------------------------------------------------------------------------

    def _docstring(self, identifier: str, parameters: list[ParameterView]) -> list[str]:
        summary = paragraph(self.operation.get("summary") or "").rstrip(".")
        lines = [f"{summary or identifier}."]
        if self.operation.get("deprecated"):
            lines += ["", "Deprecated."]
        description = self.operation.get("description")
        if isinstance(description, str) and description.strip():
            lines += ["", *blocks(description)]
        notes = self._argument_notes(parameters)
        if notes:
            lines += ["", "Args:", *notes]
        errors = [
            f"{status} ({paragraph(describe(response)).rstrip('.')})"
            for status, response in self.operation["responses"].items()
            if status[:1] in "345d" and status[:1]
        ]
        if errors:
            lines += ["", *wrap(f"Errors: {'; '.join(errors)}.")]
        lines += ["", f"Source: operation ``{identifier}``, ``{self.method.upper()} {self.path}``."]
        return lines

    def _argument_notes(self, parameters: list[ParameterView]) -> list[str]:
        described = {(each.get("name"), each.get("in")): each for each in self.operation["parameters"]}
        lines: list[str] = []
        for view in parameters:
            import ast

            source = described.get((ast.literal_eval(view.wire_name), ast.literal_eval(view.location)), {})
            note = " ".join(
                part for part in (paragraph(describe(source).split("\n\n")[0]), bounds(source.get("schema"))) if part
            )
            if source.get("deprecated"):
                note = f"{note} Deprecated.".strip()
            if note:
                lines.extend(wrap(f"{view.name}: {note}", indent="        ", first="    "))
        body = self.operation.get("requestBody")
        note = paragraph(describe(body)) if body else ""
        if note:
            lines.extend(wrap(f"body: {note}", indent="        ", first="    "))
        variables = ((self.operation.get("servers") or [{}])[0] or {}).get("variables") or {}
        for name, variable in variables.items():
            note = paragraph(describe(variable))
            if note:
                lines.extend(wrap(f"{argument_name(name)}: {note}", indent="        ", first="    "))
        if self.operation.get("servers"):
            lines.extend(wrap("base_url: address of the server; goes before the parts above.", indent="        ", first="    "))
        return lines


def media_kind(media_type: str) -> str:
    """Return json, text, form, multipart or binary."""
    essence = media_type.partition(";")[0].strip().lower()
    if essence == "application/json" or essence.endswith("+json"):
        return "json"
    if essence == "application/x-www-form-urlencoded":
        return "form"
    if essence.startswith("multipart/"):
        return "multipart"
    return "text" if essence.startswith("text/") else "binary"


def _runtime(text: str) -> str:
    """Return an annotation as a value: ``None`` is a type there, too."""
    return text
