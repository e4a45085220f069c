"""``outpostkit client``: a typed Python package for one endpoint, from its OpenAPI document."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from outpostkit import Client, Endpoint
from outpostkit.progress import progress_bar

#: What the generator needs beyond this package; each is looked for, and none is imported here.
NEEDED = ("griffe", "jinja2", "openapi_python_client", "ruff", "yaml")
DOCUMENT = "openapi.json"
MANIFEST = "MANIFEST.json"
#: The folder of the package that holds the endpoint's operations.
TAG = "predictions"
#: As the generator says it: some of the document is left out, and the rest is written.
EXIT_PARTIAL = 3
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")


@click.command()
@click.argument("endpoint")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for the package; it is made if it is not there.",
)
@click.option("--package", help="Import name of the package. [default: <endpoint>_client]")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    show_default=True,
    help="Seconds that the endpoint may take to wake up.",
)
def client(endpoint: str, output: Path, package: str | None, timeout: float) -> None:
    """Write a typed Python client of ENDPOINT, named by `owner/name`, or `name` if it is yours."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise click.ClickException(
            f"The generator needs {', '.join(missing)}, which its extra brings: "
            'pip install "outpostkit[generator]"'
        )
    console = Console(stderr=True, highlight=False)
    with Client() as sdk:
        found = named_endpoint(sdk, endpoint)
        name = package or package_name(found.name)
        _check_folder(output, name)
        document = fetch(found, timeout, console)
    command = f"outpostkit client {found.fullName} --output {output.name or '.'}"
    generate(document, output, name, command)
    console.print(f"Wrote the package {name} in {output}. To use it:", markup=False)
    click.echo(usage(output, name))


def named_endpoint(sdk: Client, text: str) -> Endpoint:
    """Return the endpoint of ``owner/name``, or of ``name``, which is then one's own."""
    entity, slash, name = text.rpartition("/")
    return Endpoint(sdk, entity=entity if slash else sdk.user.name, name=name)


def package_name(endpoint: str) -> str:
    """Return the name of the package for an endpoint: ``my-bert`` has ``my_bert_client``."""
    word = re.sub(r"[^a-z0-9]+", "_", endpoint.lower()).strip("_")
    return f"{'_' if word[:1].isdigit() else ''}{word}_client"


def fetch(endpoint: Endpoint, timeout: float, console: Console) -> dict[str, Any]:
    """Return the document of an endpoint, ready to generate from; wakes it if it sleeps."""
    resource = endpoint.get()
    if str(resource.status) in ("deploying", "starting"):
        endpoint.wait_until(
            "healthy", "scaled_to_zero", timeout=timeout, on_progress=progress_bar()
        )
    predictor = endpoint.with_options(deadline=timeout).get_prediction_client(timeout=timeout)
    asleep = "; it sleeps, and is woken" if str(resource.status) == "scaled_to_zero" else ""
    with console.status(f"Asking {endpoint.fullName} what it takes and answers{asleep} ..."):
        document = predictor.openapi()
    return prepared(document, predictor.base_url, endpoint.fullName)


def prepared(document: dict[str, Any], base_url: str, full_name: str) -> dict[str, Any]:
    """Return a document that says what its server knows: its address, and that it takes a token."""
    schemes = {"token": {"type": "http", "scheme": "bearer", "description": "Your API token."}}
    components = {**document.get("components", {}), "securitySchemes": schemes}
    for operation in _operations(document):
        operation.setdefault("tags", [TAG])
        operation.pop("security", None)
    return {
        **document,
        "info": {**document.get("info", {}), "title": full_name},
        "servers": [{"url": base_url}],
        "components": components,
        "security": [{"token": []}],
    }


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    paths = document.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        if isinstance(item, dict):
            found = (item.get(method) for method in METHODS)
            yield from (operation for operation in found if isinstance(operation, dict))


def _check_folder(output: Path, package: str) -> None:
    """Refuse a folder that holds another client: the generator would take it away."""
    try:
        other = json.loads((output / MANIFEST).read_bytes())["package"]
    except (OSError, ValueError, LookupError, TypeError):
        return  # none, or one that the generator itself complains about
    if other != package:
        raise click.ClickException(
            f"--output: {output} holds the package {other}; choose another folder for {package}"
        )


def generate(document: dict[str, Any], output: Path, package: str, command: str) -> None:
    """Write the package, and beside it the document that it is generated from."""
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (output / DOCUMENT).write_text(text, encoding="utf-8", errors="replace")
    with tempfile.TemporaryDirectory(prefix="outpostkit-client-") as scratch:
        settings = Path(scratch) / "settings.yaml"
        settings.write_text(json.dumps({"command": command}), encoding="utf-8")
        # A program of its own: the SDK does not know the generator, only its command.
        done = subprocess.run(
            [
                *(sys.executable, "-m", "outpost_generator", "generate", DOCUMENT),
                *("--output", ".", "--package", package),
                *("--config", str(settings), "--allow-partial"),
            ],
            cwd=output,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    if done.stderr:
        click.echo(done.stderr.rstrip(), err=True)
    if done.returncode not in (0, EXIT_PARTIAL):
        raise click.ClickException(f"The generator ended with status {done.returncode}.")


def usage(output: Path, package: str) -> str:
    """Return a program that uses the package: its first operation that takes a body, or the first.

    What is to be filled in has three dots.
    """
    folder = output / package / "api"
    modules = [path for path in sorted(folder.glob("*/*.py")) if path.name != "__init__.py"]
    if not modules:
        return f"import {package}"
    bodies = {path: _body(path) for path in modules}
    first = max(modules, key=lambda path: (path.stem == "predict", bool(bodies[path])))
    imports = [
        f"from {package} import Client",
        f"from {package}.api.{first.parent.name} import {first.stem}",
    ]
    given = "client=client"
    if bodies[first]:
        models = "".join(
            path.read_text(encoding="utf-8") for path in (output / package / "models").glob("*.py")
        )
        model = next((name for name in bodies[first] if f"class {name}(" in models), None)
        if model is not None:
            imports.append(f"from {package}.models import {model}")
        given = f"body={model or ''}{'(...)' if model else '...'}, {given}"
    lines = [
        f"# with {output} on the path, such as by PYTHONPATH={output}",
        "import os",
        "",
        *imports,
        "",
        'with Client(os.environ["OUTPOST_API_TOKEN"], timeout=600) as client:',
        f"    print({first.stem}.sync({given}))",
    ]
    return "\n".join(lines)


def _body(module: Path) -> list[str]:
    """Return the names in the annotation of an operation's body, none where it takes none."""
    for node in ast.parse(module.read_bytes()).body:
        if isinstance(node, ast.FunctionDef) and node.name == "sync":
            for argument in node.args.kwonlyargs:
                if argument.arg == "body" and argument.annotation is not None:
                    parts = ast.walk(argument.annotation)
                    return [part.id for part in parts if isinstance(part, ast.Name)]
    return []
