"""Text of a document is data: it never becomes code, and never leaves the output folder."""

import builtins
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from outpost_generator.cli import main
from outpost_generator.reading import limits

PROOF = "PWNED"
EVIL = [
    '"""\n\'); import os #',
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


def values(api: Any) -> dict[str, Any]:
    """Return what a package says of the parts of a hostile document."""
    (info,) = api.operations.values()
    (server,) = api.servers.SERVERS
    ((scheme, described),) = api.security.SCHEMES.items()
    operation = info.load().OPERATION
    return {
        "summary": info.summary,
        "tags": {info.tag, operation.tag},
        "parameters": {each.wire_name for each in info.parameters},
        "media types": info.request_media_types,
        "answers": set(operation.responses["200"]),
        "server": server.url,
        "schemes": {scheme, described.name, *operation.security[0]},
        "members": {each.value for each in api.models.OfText},
        "wire names": set(api.models.A.__wire_names__.values()),
    }


@pytest.mark.parametrize("text", EVIL, ids=range(len(EVIL)))
def test_hostile_values_are_the_text_itself(generate: Callable[..., Any], text: str) -> None:
    """What programs read of a package is what the document says, character by character."""
    document = hostile_document(text)
    document["components"]["schemas"]["OfText"] = {"enum": [text, "b"], "type": "string"}
    line = " ".join(text.split())

    found = values(generate(document=document))

    assert found == {
        "summary": line,
        "tags": {text},
        "parameters": {text, text.strip().rstrip(":")},
        "media types": ("application/json", f"x/{text}"),
        "answers": {text.lower(), "application/json"},
        "server": f"https://x/{text}",
        "schemes": {text},
        "members": {text, "b"},
        "wire names": found["wire names"] | ({text} if not text.isidentifier() else set()),
    }


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


def run(folder: Path, content: Any, name: str = "hostile.json") -> Result:
    """Generate from a document that is written to a file as it is, or as JSON."""
    document = folder / name
    document.write_text(content if isinstance(content, str) else json.dumps(content))
    output = str(folder / "output")
    return CliRunner().invoke(
        main, ["generate", str(document), "--output", output, "--name", "hostile"]
    )


def of_schemas(schemas: dict[str, Any]) -> dict[str, Any]:
    return {"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}}


def reference(name: str) -> dict[str, str]:
    escaped = name.replace("/", "~1")
    return {"$ref": f"#/components/schemas/{escaped}"}


INNER = {"type": "object", "properties": {"x": {"type": "string"}}}
CHAIN = {f"A{n}": {"allOf": [reference(f"A{n + 1}")] * 2} for n in range(40)} | {"A40": INNER}
CHOICE = {"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
SPREAD = CHAIN | {"A40": CHOICE}
MERGES = "".join(f"x{n}: &x{n} {{<<: [*x{n - 1}, *x{n - 1}]}}\n" for n in range(1, 40))
SHARED = {"content": {"application/json": {"schema": {"properties": dict.fromkeys("abc", INNER)}}}}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (of_schemas(CHAIN), "more than 10,000 members of allOf"),
        (of_schemas(SPREAD), "more than 10,000 members of allOf"),
        (of_schemas({f"A{n}": INNER for n in range(1001)}), "more than 1,000 schemas"),
        (of_schemas({"A": {"properties": {f"p{n}": INNER for n in range(1001)}}}), "1,000 schemas"),
        (
            {
                "openapi": "3.1.0",
                "paths": {f"/{n}": {"get": {"responses": {"200": SHARED}}} for n in range(400)},
            },
            "more than 1,000 schemas",
        ),
    ],
    ids=["allOf", "allOf of choices", "components", "in place", "shared answer"],
)
def test_a_document_that_unfolds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Any, said: str
) -> None:
    """A small text that would make millions of classes ends with the limit and the way out."""
    monkeypatch.setattr(limits, "MOST_MEMBERS", 10_000)
    monkeypatch.setattr(limits, "MOST_SCHEMAS", 1_000)
    before = time.process_time()

    done = run(tmp_path, content)

    assert (done.exit_code, said in done.output) == (1, True), done.output[-500:]
    assert time.process_time() - before < 10
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("openapi: 3.1.0\npaths: " + "[" * 200_000, "nested deeper than 200 levels"),
        ("openapi: 3.1.0\npaths:\n  " + "- " * 200_000, "nested deeper than 200 levels"),
        ("a: &a {b: *a}", "an alias holds itself"),
        ("a: !!python/object/apply:os.system [touch PWNED]", "could not determine a constructor"),
        ("{openapi: 3.1.0, a: 1, b: 2, b: 3, a: 4}", "'b' (line 1), 'a' (line 1)"),
    ],
    ids=["flow", "block", "alias", "tag", "duplicates"],
)
def test_yaml_that_does_more_than_hold_data_is_refused(
    tmp_path: Path, content: str, said: str
) -> None:
    """Neither the reader in C nor ours is brought down, and nothing is run."""
    done = run(tmp_path, content, "hostile.yaml")

    assert (done.exit_code, said in done.output) == (1, True), done.output[-500:]


def test_merge_keys_do_not_double(tmp_path: Path) -> None:
    """Merged twice at every level, a key is still there once."""
    content = f"openapi: 3.1.0\npaths: {{}}\nx0: &x0 {{k: v}}\n{MERGES}"

    assert run(tmp_path, content, "merges.yaml").exit_code == 0


def test_a_schema_may_refer_to_itself_in_any_way(generate: Callable[..., Any]) -> None:
    """Circles that have a meaning are read; none makes the generator run for ever."""
    api = generate(
        schemas="""
        Alias: {$ref: "#/components/schemas/Alias"}
        Union: {anyOf: [{$ref: "#/components/schemas/Union"}, {type: string}]}
        List: {type: array, items: {$ref: "#/components/schemas/List"}}
        Inner:
          properties: {x: {properties: {y: {$ref: "#/components/schemas/Inner/properties/x"}}}}
        """
    )

    assert api.models.Inner.from_dict({"x": {"y": {}}}).x.y is not None


LONG = "n" * 300
NAMES = [
    "../../x",
    "..",
    "/etc/x",
    "C:\\x",
    "__init__",
    "__class__",
    "con",
    "nul",
    LONG,
    "",
    " ",
    "\x1b[2J",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_never_lead_out_of_the_output_folder(
    generate: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    """Whatever a document calls its parts, all files are in the package under plain names."""
    parameter = {"name": name, "in": "query", "schema": reference(name or "A")}
    operation = {"operationId": name, "tags": [name], "parameters": [parameter]}
    schemas = {name or "A": {"properties": {name: {"type": "string"}, "b": INNER}}}

    api = generate(
        document={"paths": {"/a": {"get": operation}}, "components": {"schemas": schemas}}
    )

    (info,) = api.operations.values()
    assert info.load().plan().path == "/a"
    written = [path for path in tmp_path.rglob("*") if path.suffix in (".py", ".json", ".typed")]
    assert {path.relative_to(tmp_path).parts[0] for path in written} == {api.package}
    assert all(path.name.isascii() and len(path.name) < 200 for path in written)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals of this kind")
def test_messages_do_not_control_the_terminal(tmp_path: Path) -> None:
    """Text of a document in an error is shown and not obeyed."""
    nowhere = {"$ref": "#/\x1b]0;title\x07\u202e"}
    answers = {"openapi": "3.1.0", "paths": {"/\x1b[2J": {"get": {"responses": {"200": nowhere}}}}}

    done = run(tmp_path, answers)

    assert done.exit_code == 1
    assert not {"\x1b", "\x07", "\u202e"} & set(done.output)
    assert "\\x1b[2J" in done.output


def test_schemas_that_all_hold_each_other_take_no_longer(generate: Callable[..., Any]) -> None:
    """Ways through the circles multiply with every schema; none is gone twice."""
    schemas = {
        f"S{number}": {
            "type": "object",
            "properties": {
                f"p{other}": {"$ref": f"#/components/schemas/S{other}"} for other in range(40)
            },
        }
        for number in range(40)
    }

    api = generate(document={"components": {"schemas": schemas}})

    assert api.models.S0.from_dict({"p39": {"p1": {}}}).p39.p1 == api.models.S1()
