"""``outpostkit client``: from a deployed endpoint to a typed answer of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints
from outpostkit.cli import client as command
from outpostkit.cli.app import app

TEMPLATE = '''
from pydantic import BaseModel, Field


class Item(BaseModel):
    """What is asked."""

    documents: list[str]
    ending: str = Field(default="!", max_length=9)


class Shouted(BaseModel):
    text: str
    length: int


class Shout:
    def predict(self, item: Item) -> list[Shouted]:
        """Shout."""
        said = [text.upper() + item.ending for text in item.documents]
        return [Shouted(text=text, length=len(text)) for text in said]
'''


@pytest.fixture(scope="module")
def shout(cli_outpost, tmp_path_factory):
    """A deployed endpoint with typed bodies, and the environment of a user of its server."""
    path = tmp_path_factory.mktemp("template") / "shout.py"
    path.write_text(TEMPLATE)
    template = EndpointCustomTemplateConfig(type="file", className="Shout", path=str(path))
    environment = {
        "OUTPOST_API_TOKEN": cli_outpost.api_token,
        "OUTPOST_BASE_URL": cli_outpost.base_url,
    }
    with Client(api_token=cli_outpost.api_token, base_url=cli_outpost.base_url) as client:
        endpoint = Endpoints(client, cli_outpost.entity).create(template, name="shout-loud")
        endpoint.deploy(wakeup=False, wait=True)  # it sleeps until it is asked
        yield environment


def test_a_program_has_typed_answers_from_the_generated_client(shout, tmp_path):
    """In a process that knows nothing but the package and the token."""
    output = tmp_path / "clients"

    made = CliRunner().invoke(app, ["client", "shout-loud", "--output", str(output)], env=shout)
    program = made.stdout.replace("Item(...)", "Item(documents=['hello', 'you'])")
    program += "\n    print(predict.sync(body=Item(['a'], ending='?'), client=client)[0].text)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **shout, "PYTHONPATH": str(output)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert made.exit_code == 0, made.output
    assert "from shout_loud_client.api.predictions import predict" in made.stdout
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "[Shouted(text='HELLO!', length=6), Shouted(text='YOU!', length=4)]",
        "A?",
    ]


def test_it_can_be_made_again_and_takes_no_other_clients_place(shout, tmp_path):
    """The same folder for the same endpoint; for another one, another folder."""
    arguments = ["client", "local/shout-loud", "--output", str(tmp_path)]
    for _ in range(2):
        assert CliRunner().invoke(app, arguments, env=shout).exit_code == 0
    header = (tmp_path / "shout_loud_client" / "__init__.py").read_text().splitlines()[2]

    other = CliRunner().invoke(app, [*arguments, "--package", "other"], env=shout)

    assert f"outpostkit client local/shout-loud --output {tmp_path.name}" in header
    assert other.exit_code == 1
    assert "holds the package shout_loud_client; choose another folder for other" in other.output
    assert shout["OUTPOST_API_TOKEN"] not in (tmp_path / "openapi.json").read_text()


def test_without_the_extra_it_says_which_to_install(tmp_path, monkeypatch):
    """Before anything is asked."""
    monkeypatch.setattr(command, "NEEDED", ("ruff", "no_such_package"))

    result = CliRunner().invoke(app, ["client", "a/b", "--output", str(tmp_path)])

    assert result.exit_code == 1
    assert 'needs no_such_package, which its extra brings: pip install "outpostkit[generator]"' in (
        result.output
    )


def test_an_endpoint_that_serves_nothing_is_a_clear_error(shout, tmp_path, cli_outpost):
    """In the words of the server, and nothing is written."""
    template = tmp_path / "t.py"
    template.write_text(TEMPLATE)
    config = EndpointCustomTemplateConfig(type="file", className="Shout", path=str(template))
    with Client(api_token=cli_outpost.api_token, base_url=cli_outpost.base_url) as client:
        name = Endpoints(client, cli_outpost.entity).create(config).name

    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("outpostkit")),
            "client",
            name,
            "--output",
            str(tmp_path / "out"),
        ],
        env={**os.environ, **shout},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert done.returncode == 1
    assert "not been deployed" in done.stderr or "not_deployed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_an_operation_that_takes_several_kinds_of_body_is_shown_with_its_class(tmp_path):
    """As those of generated templates do, which take a text as it is, too."""
    schema = {"type": "object", "properties": {"inputs": {"type": "string"}}}
    content = {
        "application/json": {"schema": {"$ref": "#/components/schemas/Request"}},
        "text/plain": {"schema": {"type": "string"}},
    }
    answer = {"200": {"description": "", "content": {"application/json": {"schema": {}}}}}
    operations = {
        path: {
            "post": {"operationId": name, "requestBody": {"content": content}, "responses": answer}
        }
        for path, name in (("/a", "a"), ("/predict", "predict"))
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "x", "version": "1"},
        "paths": operations,
        "components": {"schemas": {"Request": schema}},
    }

    made = command.prepared(document, "http://127.0.0.1:1/domains/x", "me/x")
    command.generate(made, tmp_path, "x_client", "outpostkit client me/x --output x")

    shown = command.usage(tmp_path, "x_client")
    assert "from x_client.models import Request" in shown
    assert "predict.sync(body=Request(...), client=client)" in shown


def test_the_document_says_what_the_server_knows():
    """The address, and that a token is wanted, are not in what a template says of itself."""
    document = {"paths": {"/predict": {"post": {"operationId": "predict"}}}}

    made = command.prepared(document, "http://127.0.0.1:1/domains/x", "me/x")

    assert made["servers"] == [{"url": "http://127.0.0.1:1/domains/x"}]
    assert made["security"] == [{"token": []}]
    assert made["paths"]["/predict"]["post"]["tags"] == ["predictions"]
    json.dumps(made)
