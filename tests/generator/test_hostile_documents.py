"""Text of a document is data: it never becomes code, and never leaves the output folder."""

import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from outpost_generator.cli import main

PROOF = "PWNED"
EVIL = [
    f'"""\nimport builtins; builtins.{PROOF} = 1\n"""',
    f'\\"""\nimport builtins; builtins.{PROOF} = 1\n',
    f'"; import builtins; builtins.{PROOF} = 1; "',
    f"'\nimport builtins; builtins.{PROOF} = 1\n'",
    f"{{{{ cycler.__init__.__globals__.os.system('touch {PROOF}') }}}}",
    "{% raise %} {# #}",
    "\\",
    '"',
    '""',
    'ends with a quote"',
    "\u202eevil\u2066",
    "a\u2028b\x85c\x0cd\x00e",
    "x" * 5000,
    "../../x",
    "/etc/passwd",
    "__init__",
    "C:\\x",
    "a\r\nb",
    f"${{x}} {{y}} %s {PROOF}",
]


def hostile_document(text: str) -> dict[str, Any]:
    """Return a document with the text in every place that can hold text."""
    path = "/" + "".join(character for character in text if character not in "{}#")
    schema = {
        "description": text,
        "title": text,
        "default": text,
        "enum": [text, "b"],
        "example": text,
    }
    thing = {
        "description": text,
        "title": text,
        "properties": {text: schema, "b": {"type": "string"}},
    }
    media = {"schema": {"$ref": "#/components/schemas/A"}}
    operation = {
        "operationId": text,
        "tags": [text],
        "summary": text,
        "description": text,
        "parameters": [
            {"name": text, "in": place, "description": text, "schema": schema}
            for place in ("query", "header", "cookie")
        ],
        "requestBody": {
            "description": text,
            "content": {"application/json": media, f"x/{text}": media},
        },
        "responses": {
            "200": {"description": text, "content": {text: media, "application/json": media}}
        },
        "servers": [
            {"url": "https://{v}/x", "variables": {"v": {"default": text, "description": text}}}
        ],
        "security": [{text: []}],
    }
    return {
        "info": {"title": text, "version": text, "description": text},
        "servers": [{"url": f"https://x/{text}"}],
        "tags": [{"name": text, "description": text}],
        "paths": {path: {"post": operation}},
        "components": {
            "schemas": {"A": thing, text: thing},
            "securitySchemes": {text: {"type": "apiKey", "in": "header", "name": text}},
        },
    }


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_text_stays_text(generate: Callable[..., Any], tmp_path: Path, text: str) -> None:
    """A package made from hostile text imports, and does nothing else."""
    api = generate(document=hostile_document(text))

    loaded = [info.load() for info in api.operations.values()]
    loaded += [getattr(api.models, name) for name in api.models.__all__]

    assert len(loaded) >= 2
    assert not hasattr(builtins, PROOF)
    assert not (Path.cwd() / PROOF).exists()
    assert {each.suffix for each in tmp_path.rglob("*") if each.is_file()} <= {
        ".py",
        ".json",
        ".typed",
        ".pyc",
    }


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_values_reach_the_wire_unchanged(generate: Callable[..., Any], text: str) -> None:
    """Escaping is for the source only: the model still has the field that the document names."""
    api = generate(document=hostile_document(text))

    assert api.models.A.from_dict({text: "b"}).to_dict()[text] == "b"


def test_half_a_character_is_refused(tmp_path: Path) -> None:
    """A lone surrogate is no text: neither a file nor a request could carry it."""
    document = tmp_path / "half.json"
    document.write_text('{"openapi": "3.1.0", "info": {"title": "\\ud800"}, "paths": {}}')

    done = CliRunner().invoke(
        main, ["generate", str(document), "--output", str(tmp_path / "o"), "--name", "x"]
    )

    assert done.exit_code == 1
    assert "surrogate" in done.output


def test_deep_nesting_is_an_error_and_not_a_crash(tmp_path: Path) -> None:
    """A document nested deeper than Python recurses is refused with a message."""
    deep = tmp_path / "deep.json"
    deep.write_text('{"openapi": "3.1.0", "paths": ' + '{"a":' * 100_000 + "1" + "}" * 100_001)

    done = CliRunner().invoke(
        main, ["generate", str(deep), "--output", str(tmp_path / "o"), "--name", "x"]
    )

    assert done.exit_code == 1
    assert "nested" in done.output


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    """YAML aliases that would multiply without bound are refused before they do."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    bomb = tmp_path / "bomb.yaml"
    bomb.write_text("openapi: 3.1.0\npaths: {}\nx-bomb:\n  " + "\n  ".join(lines))

    done = CliRunner().invoke(
        main, ["generate", str(bomb), "--output", str(tmp_path / "o"), "--name", "x"]
    )

    assert done.exit_code == 1
    assert "alias" in done.output
