"""Reads the declarations of templates without running them.

Arguments: the descriptor of ``control``, a socket, and the names to look for, separated by commas.
Each byte over ``control`` brings the descriptor of another socket, for one source: a line of JSON
with the name of the file and the class, then the source, to the end. One JSON object goes back:
either ``values``, by name, None for what can only be known by running the file, with ``unread``,
the imported classes, and ``decorators``, those of classes, that may declare more; or ``error`` with
``detail``. A blank comes before that, when the fork has begun.

Each source is read by a fork of this process, because the parser may take any time and memory: the
fork is bounded in both.
"""

import ast
import json
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Iterator

CPU_S = 10
MEMORY_BYTES = 512 * 1024 * 1024
# Classes from there declare nothing.
SILENT_MODULES = frozenset({*sys.stdlib_module_names, "outpost_runtime", "outpostkit"})
# Stands for what only running the file can tell.
UNKNOWN = ast.Name(id="", ctx=ast.Load())


class Source:
    """The classes, constants and imports on the top level of a file, whatever they stand under."""

    def __init__(self, module: ast.Module) -> None:
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, ast.stmt] = {}
        self.constants: dict[str, ast.expr] = {}
        self._set: dict[tuple[str, str], ast.expr] = {}
        self._imports: dict[str, str] = {}
        for statement in statements(module.body):
            self._note(statement)
            for (owner, attribute), value in set_on_classes(statement).items():
                known = value if statement in module.body else UNKNOWN
                self._set[self.resolved(owner), attribute] = known

    def _note(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ClassDef):
            self.classes[statement.name] = statement
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self.functions[statement.name] = statement
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            origin = getattr(statement, "module", None)
            for name in statement.names:
                bound = name.asname or name.name.partition(".")[0]
                self._imports[bound] = origin or name.name
        self.constants.update(assigned(statement))
        self.constants.update(changed(statement, self.constants))

    def mro(self, name: str) -> list[str]:
        """Return the class and its bases in the order in which Python looks for an attribute."""
        return [one.__name__ for one in self._stand_in(name).__mro__[:-1]]

    def value(self, class_name: str, name: str) -> object:
        """Return what a class of the file declares.

        Raises:
            LookupError: nothing, or what only running the file can tell.
        """
        for one in self.mro(class_name):
            node = self.classes.get(one)
            found = {} if node is None else declared(node)
            if (one, name) in self._set:
                return self._evaluated(self._set[one, name])
            if name in found:
                return self._evaluated(found[name])
        raise KeyError(name)

    def is_silent(self, name: str) -> bool:
        origin = self._imports.get(name.partition(".")[0])
        module = "builtins" if origin is None else origin
        return module.partition(".")[0] in SILENT_MODULES

    def decorators(self, class_name: str, names: list[str]) -> Iterator[str]:
        """Yield the decorators of a class that may set one of ``names``."""
        node = self.classes.get(class_name)
        for decorator in [] if node is None else node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = ast.unparse(called)
            function = self.functions.get(name)
            if name.partition(".")[0] in self._imports:
                may_set = not self.is_silent(name)
            else:
                may_set = function is not None and mentions(function, names)
            if may_set:
                yield name

    def resolved(self, name: str) -> str:
        """Return the class that ``name`` is another name of, or the name itself."""
        for _ in self.constants:
            value = self.constants.get(name)
            if name in self.classes or not isinstance(value, ast.Name):
                break
            name = value.id
        return name

    def _stand_in(self, name: str) -> type:
        """Return an empty class with the bases of ``name``, so that Python itself orders them."""
        made: dict[str, type] = {}

        def make(name: str, below: tuple[str, ...]) -> type:
            node = self.classes.get(name)
            if name not in made:
                bases = [] if node is None or name in below else node.bases
                named = [self.resolved(base_name(base)) for base in bases]
                kinds = [make(one, (*below, name)) for one in named if one not in ("", "object")]
                made[name] = type(name, tuple(dict.fromkeys(kinds)), {})
            return made[name]

        return make(self.resolved(name), ())

    def _evaluated(self, node: ast.expr) -> object:
        """Return the value of a literal, also one made of constants and of other declarations."""
        match node:
            case ast.Name(id=name) if name in self.constants:
                return self._evaluated(self.constants[name])
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in self.classes:
                return self.value(owner, name)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._evaluated(left), self._evaluated(right)
                if isinstance(first, list | tuple) and isinstance(second, list | tuple):
                    return [*first, *second]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                found: list[object] = []
                for item in items:
                    if isinstance(item, ast.Starred):
                        inner = self._evaluated(item.value)
                        found += inner if isinstance(inner, list) else [None]
                    else:
                        found.append(self._evaluated(item))
                return found
        try:
            literal: object = ast.literal_eval(node)
        except ValueError:
            raise IndexError from None
        return literal


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a block, and those of the blocks within ``if``, ``try``, ``with``."""
    for statement in body:
        yield statement
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for name in ("body", "orelse", "finalbody"):
                yield from statements(getattr(statement, name, []))
            for handler in getattr(statement, "handlers", []):
                yield from statements(handler.body)


def assigned(statement: ast.stmt) -> dict[str, ast.expr]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            return {one.id: value for one in targets if isinstance(one, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return {name: value}
        case ast.AugAssign(target=ast.Name(id=name)):
            return {name: UNKNOWN}
    return {}


def set_on_classes(statement: ast.stmt) -> dict[tuple[str, str], ast.expr]:
    """Return what a statement sets on what may be a class, by the names of class and attribute."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            return {
                (one.value.id, one.attr): value
                for one in targets
                if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
            }
        case ast.Expr(value=ast.Call(
            func=ast.Name(id="setattr"),
            args=[ast.Name(id=owner), ast.Constant(value=str(name)), value],
        )):  # fmt: skip
            return {(owner, name): value}
        case (
            ast.AugAssign(target=ast.Attribute(value=ast.Name(id=owner), attr=name))
            | ast.Expr(value=ast.Call(func=ast.Attribute(
                value=ast.Attribute(value=ast.Name(id=owner), attr=name)
            )))
        ):  # fmt: skip
            return {(owner, name): UNKNOWN}
    return {}


def changed(statement: ast.stmt, known: dict[str, ast.expr]) -> dict[str, ast.expr]:
    """Return which of the ``known`` a statement changes in place, as ``append`` does."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            return {name: UNKNOWN} if name in known else {}
    return {}


def mentions(node: ast.stmt, names: list[str]) -> bool:
    said = {getattr(one, "attr", getattr(one, "value", None)) for one in ast.walk(node)
            if isinstance(one, ast.Attribute | ast.Constant)}  # fmt: skip
    return not said.isdisjoint(names)


def declared(node: ast.ClassDef) -> dict[str, ast.expr]:
    """Return what the body of a class assigns; what stands under a condition cannot be known."""
    found: dict[str, ast.expr] = {}
    for statement in statements(node.body):
        for name, value in assigned(statement).items():
            found[name] = value if statement in node.body else UNKNOWN
        found.update(changed(statement, found))
    return found


def base_name(base: ast.expr) -> str:
    """Return a base class as it is written, without what stands in brackets, such as ``[T]``."""
    return ast.unparse(base.value if isinstance(base, ast.Subscript) else base)


def read(source: bytes, file_name: str, class_name: str, names: list[str]) -> dict[str, object]:
    try:
        found = Source(ast.parse(source, file_name))
    except (SyntaxError, ValueError) as error:
        detail = "".join(traceback.format_exception_only(error)).rstrip("\n")
        return {"error": f"The template file is not valid Python: {error}", "detail": detail}
    try:
        order = found.mro(class_name)
    except TypeError:  # the bases contradict each other, as Python will say itself
        return {"values": {}, "unread": [], "decorators": []}
    values: dict[str, object] = {}
    for name in names:
        try:
            values[name] = json.loads(json.dumps(found.value(class_name, name)))
        except KeyError:
            continue
        except (IndexError, TypeError, ValueError, RecursionError):
            values[name] = None
    unread = [one for one in order if one not in found.classes and not found.is_silent(one)]
    decorators = [each for one in order for each in found.decorators(one, names)]
    return {"values": values, "unread": unread, "decorators": decorators}


def serve(control: socket.socket) -> socket.socket | None:
    """Fork for every source. Returns in each fork, with its socket; None when the server ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return None
        channel = socket.socket(fileno=descriptors[0])
        try:
            if os.fork() == 0:
                return channel
        except OSError as error:
            reason = f"This machine could not read the template file: {error}"
            channel.sendall(json.dumps({"error": reason, "detail": None}).encode())
        channel.close()


def set_bounds() -> None:
    for limit, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (most, most))
        except (ValueError, OSError):  # the user's own limit may be lower, or there is none here
            continue


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    channel = serve(control)
    if channel is None:
        return
    control.close()
    set_bounds()
    with channel, channel.makefile("rb") as told:
        channel.sendall(b" ")  # it has begun
        file_name, class_name = json.loads(told.readline())
        answer = read(told.read(), file_name, class_name, sys.argv[2].split(","))
        channel.sendall(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
