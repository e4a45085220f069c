"""What type checkers tell users: no public ``Any``, and whole answers of the type of the method."""

import ast
import inspect
import re
from pathlib import Path
from typing import Dict, Iterator, Set, Tuple, Union

import pytest

import outpostkit

PACKAGE = Path(outpostkit.__file__).parent

#: Modules that users import from; those of the extras have annotations of their own frameworks.
PUBLIC_MODULES = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in ("cli", "demo", "local")
    and not any(part.startswith("_") for part in path.relative_to(PACKAGE).with_suffix("").parts)
]
MODULES_BEHIND_PUBLIC_NAMES = [
    PACKAGE / folder / name
    for folder in ("endpoints", "finetuning", "predictor", "repository")
    for name in ("_blocking.py", "_async.py", "_collection.py")
    if (PACKAGE / folder / name).exists()
] + [PACKAGE / "_resources" / "public_profile.py"]
#: What a prediction takes and what a batch carries is the template's own business.
PAYLOADS = {
    "infer": {"json", "data"},
    "infer_stream": {"json", "data"},
    "infer_many": {"inputs"},
    "infer_many_to_file": {"inputs"},
}


def annotations(tree: ast.AST, owner: str = "") -> Iterator[Tuple[str, str, str]]:
    """Yield (owner, name, annotation) for what is public in a module or class."""
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from annotations(node, node.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name.startswith("_") and node.name not in ("__init__", "__call__"):
                continue
            given = node.args
            # What is handed on has the types of the method that `takes` names.
            handed_on = () if is_decorated(node, "takes") else (given.vararg, given.kwarg)
            for each in (*given.args, *given.kwonlyargs, *handed_on):
                if each is not None and each.annotation is not None:
                    yield node.name, each.arg, source(each.annotation)
            if node.returns is not None:
                yield node.name, "return", source(node.returns)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield owner, node.target.id, source(node.annotation)


def is_decorated(function: Union[ast.FunctionDef, ast.AsyncFunctionDef], name: str) -> bool:
    """Tell whether a function has a decorator of that name, called with arguments."""
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == name
        for each in function.decorator_list
    )


def source(node: ast.AST) -> str:
    """The names in an annotation, quoted or not."""
    return ast.dump(node)


def listed() -> Dict[str, Set[str]]:
    """The methods that ``with_raw_response`` has for type checkers, by class."""
    classes = {
        node.name: node
        for path in PUBLIC_MODULES + MODULES_BEHIND_PUBLIC_NAMES
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef)
    }

    def methods(node: ast.ClassDef) -> Set[str]:
        inherited = [classes[base.id] for base in node.bases if isinstance(base, ast.Name)]
        return {
            target.id
            for each in node.body
            if isinstance(each, ast.Assign)
            for target in each.targets
            if isinstance(target, ast.Name)
        }.union(*map(methods, inherited))

    return {
        name[len("Raw") :]: methods(node)
        for name, node in classes.items()
        if name.startswith("Raw") and name[len("Raw") :] in outpostkit.__all__
    }


@pytest.mark.parametrize(
    "path", PUBLIC_MODULES + MODULES_BEHIND_PUBLIC_NAMES, ids=lambda path: path.stem
)
def test_nothing_public_is_any_but_what_predictions_carry(path: Path) -> None:
    """A type checker helps with everything else."""
    found = {
        (owner, name)
        for owner, name, annotation in annotations(ast.parse(path.read_bytes()))
        if re.search(r"\bAny\b", annotation) and not name.startswith("_")
    }

    assert {pair for pair in found if pair[1] not in PAYLOADS.get(pair[0], ())} == set()


@pytest.mark.parametrize("name", sorted(listed()))
def test_whole_answers_are_typed_for_every_method_that_asks_once(name: str) -> None:
    """The list for type checkers has every method but those that ask never or often."""
    asks_never_or_often = {
        "at", "create_predictor", "deployments", "download", "download_blob",
        "get_prediction_client", "get_predictor", "logs", "scaffold", "wait_until",
        "wait_until_healthy", "with_options", "async_get", "list_deploymets",
    }  # fmt: skip
    cls = getattr(outpostkit, name)
    methods = {
        each
        for each in dir(cls)
        if not each.startswith("_") and inspect.isfunction(inspect.getattr_static(cls, each))
    }

    assert methods - asks_never_or_often == listed()[name]
