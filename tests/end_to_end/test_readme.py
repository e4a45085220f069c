"""The README: what it prints is what happens, and its Python runs."""

import re
import subprocess
from pathlib import Path

import pytest

from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints
from tests.end_to_end.processes import MarkedEnvironment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def lines_that_matter(output: str) -> list[str]:
    """Leave out what differs from run to run: numbers, generated names and wrapped blanks.

    Which statuses are seen before "healthy" differs, too: on a busy machine looks are far apart.
    """
    output = re.sub(r"endpoint-[0-9a-z]+", "endpoint-NAME", output)
    output = re.sub(r"(?m)^ *[\d.]+ s  (?!healthy)\w+\n", "", output)
    return [re.sub(r"[\d.]+", "N", " ".join(line.split())) for line in output.splitlines() if line]


def test_the_demo_prints_what_the_readme_shows():
    """Both streams together are the block below ``make demo``."""
    [shown] = re.findall(r"```\n(Starting a local Outpost.*?)```", README, re.DOTALL)

    demo = subprocess.run(
        ["outpostkit", "demo"],
        env=MarkedEnvironment().environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )

    assert lines_that_matter(demo.stdout) == lines_that_matter(shown)


@pytest.mark.parametrize("block", PYTHON_BLOCKS, ids=lambda block: block.split("\n")[0][:40])
def test_each_block_is_python(block):
    """Nothing in the README is broken by a slip of the pen; top-level ``async with`` is allowed."""
    indented = "".join(f"    {line}\n" for line in block.splitlines())

    compile(f"async def block():\n{indented}", "README.md", "exec")


def test_five_lines_deploy_a_model(local_outpost, tmp_path, monkeypatch, capsys):
    """The first block, with the template of the second, prints a prediction."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTPOST_API_TOKEN", local_outpost.api_token)
    monkeypatch.setenv("OUTPOST_BASE_URL", local_outpost.base_url)
    [five_lines] = [block for block in PYTHON_BLOCKS if "\nendpoint.deploy()" in block]
    [shout] = [block for block in PYTHON_BLOCKS if "class Shout" in block]
    (tmp_path / "shout.py").write_text(shout, encoding="utf-8")
    namespace: dict[str, object] = {}

    exec(compile(five_lines, "README.md", "exec"), namespace)

    assert capsys.readouterr().out == "{'text': 'HELLO!'}\n"
    namespace["endpoint"].delete()
    namespace["client"].close()


def test_an_endpoint_is_created_scaled_down_renamed_and_deleted(
    local_outpost, tmp_path, monkeypatch, capsys
):
    """The block on more of the SDK runs from its first line to its last."""
    [shout] = [block for block in PYTHON_BLOCKS if "class Shout" in block]
    (tmp_path / "shout.py").write_text(shout, encoding="utf-8")
    [more] = [block for block in PYTHON_BLOCKS if "update_name" in block]
    more = more.replace('entity="aj-ya"', f'entity="{local_outpost.entity}"')

    with Client(api_token=local_outpost.api_token, base_url=local_outpost.base_url) as client:
        template = EndpointCustomTemplateConfig(
            type="file", className="Shout", path=str(tmp_path / "shout.py")
        )
        exec(
            compile(more, "README.md", "exec"),
            {"client": client, "template": template, "Endpoints": Endpoints},
        )
        remaining = Endpoints(client, entity=local_outpost.entity).list().endpoints

    assert not {"shout", "shout-louder"} & {endpoint.name for endpoint in remaining}


def test_batches_streams_and_settings_work_as_shown(local_outpost, tmp_path, monkeypatch, capsys):
    """The blocks on predictions and settings, one after another with one endpoint."""
    monkeypatch.chdir(tmp_path)
    [shout] = [block for block in PYTHON_BLOCKS if "class Shout" in block]
    (tmp_path / "shout.py").write_text(shout, encoding="utf-8")
    shown = [
        block
        for wanted in ("infer_many", "infer_stream", "with_options")
        for block in PYTHON_BLOCKS
        if wanted in block
    ]

    with Client(api_token=local_outpost.api_token, base_url=local_outpost.base_url) as client:
        template = EndpointCustomTemplateConfig(type="file", className="Shout", path="shout.py")
        endpoint = Endpoints(client, entity=local_outpost.entity).create(template=template)
        endpoint.deploy(wait=True)
        documents = [{"text": f"text {number}"} for number in range(5)]
        namespace = {"client": client, "endpoint": endpoint, "documents": documents}
        for block in shown:
            exec(compile(block, "README.md", "exec"), namespace)
        endpoint.delete()

    lines = capsys.readouterr().out.splitlines()
    assert lines[4] == "4 {'text': 'TEXT 4!'}"
    assert lines[5] == '{"text":"ONCE UPON A TIME!"}'
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 5
