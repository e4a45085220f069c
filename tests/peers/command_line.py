"""Every command of outpostcli 0.0.63, unmodified, on this SDK and a local Outpost.

It is older than outpostkit 0.0.69 and goes on using what was there before. Each step runs the
installed program in a process of its own, as its user would.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from outpostkit import Client, Endpoint, Endpoints, OutpostError, __version__
from outpostkit.local import LocalOutpost
from tests.peers.storage import Storage, storage

GIVE_UP_S = 120.0

# step: (what the program says instead, why that is its own doing)
IMPOSSIBLE = {
    "create_file_with_a_secret": (
        "name: token",
        "it takes the name of the secret for that of the endpoint",
    ),
    "create_url": ("'config'", "it reads a variable that only --prebuilt-container-config sets"),
    "create_model_in_a_container": ("'config'", "it reads a variable that nothing sets"),
    "create_model_without_revision": ("unpack", "it wants a revision after @"),
    "logs_with_a_traceback": ("'exc_info'", "it looks for the traceback beside the line's data"),
    "list_with_a_model_of_outpost": ("'hf_model'", "it reads a variable that nothing sets"),
}

# Its prediction fails, with a traceback in its log, for all that has no text.
TEMPLATE = """\
class Echo:
    def predict(self, value: dict) -> dict:
        return {"echo": value["text"]}
"""

# Prints every command that the program has, one a line.
WALK = """\
import click
from outpostcli.cli import outpostcli

def walk(command, path):
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            walk(each, [*path, name])
    else:
        print(*path)

walk(outpostcli, [])
"""

#: Bytes of a part of the large file; the last of its three parts is shorter.
PART_BYTES = 70_000


@dataclass
class Said:
    """What a run of the program has printed, and its exit code."""

    code: int
    out: str
    err: str

    def expect(self, *texts: str) -> Said:
        """Make sure that it went well and printed these."""
        missing = [text for text in texts if text not in self.out]
        if self.code or missing or "Traceback" in self.err:
            raise AssertionError(f"exit code {self.code}, no {missing}: {self.out}{self.err}")
        return self


@dataclass
class Session:
    """A user of the program, with a home of their own."""

    python: Path
    home: Path
    outpost: LocalOutpost
    store: Storage
    tried: set[str] = field(default_factory=set)

    def run(self, *arguments: str, stdin: str = "") -> Said:
        """Run the program with these arguments."""
        self.tried.add(" ".join(arguments))
        return self._run([str(self.python.with_name("outpostcli")), *arguments], stdin)

    def commands(self) -> list[str]:
        """Return every command that it has."""
        return self._run([str(self.python), "-P", "-c", WALK], "").expect().out.splitlines()

    def client(self) -> Client:
        return Client(api_token=self.outpost.api_token, base_url=self.outpost.base_url)

    def wait_until_healthy(self, name: str) -> None:
        give_up_at = time.monotonic() + GIVE_UP_S
        while "healthy" not in (said := self.run("endpoints", "status", name).expect()).out:
            assert time.monotonic() < give_up_at, said

    def _run(self, command: list[str], stdin: str) -> Said:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.home,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(self.home),
                "NO_PROXY": "*",
                "OUTPOST_BASE_URL": self.outpost.base_url,
                "COLUMNS": "200",
            },
        )
        return Said(done.returncode, done.stdout, done.stderr)


STEPS: list[Callable[[Session], object]] = []


def step(function: Callable[[Session], object]) -> Callable[[Session], object]:
    STEPS.append(function)
    return function


def results(python: Path) -> list[dict[str, str | None]]:
    """Return what became of each step, on the program that goes with this interpreter."""
    with (
        tempfile.TemporaryDirectory() as home,
        LocalOutpost(start_timeout_s=GIVE_UP_S) as outpost,
        storage() as store,
    ):
        session = Session(python, Path(home), outpost, store)
        (session.home / "template.py").write_text(TEMPLATE)
        return [{"step": each.__name__, "error": error_of(each, session)} for each in STEPS]


def error_of(run: Callable[[Session], object], session: Session) -> str | None:
    try:
        run(session)
    except Exception as error:  # whatever it is, it is told
        return f"{type(error).__name__}: {error}"
    return None


def create(session: Session, name: str, *arguments: str) -> Endpoint:
    """Create an endpoint by the program, and return it as the server has it."""
    session.run(
        "endpoints", "create", *arguments, "--name", name, "--hardware-instance", "cpu-sm"
    ).expect(f"name: {name}")
    with session.client() as client:
        return Endpoints(client, "local").get(name)


# Who uses it


@step
def versions(session: Session) -> None:
    session.run("-v").expect("0.0.63")
    session.run("sdk-version").expect(__version__)


@step
def login_with_a_wrong_token(session: Session) -> None:
    said = session.run("login", "--api-token", "wrong-token")
    assert "Failed to log in" in said.err, said
    assert "401" in said.err, said


@step
def login(session: Session) -> None:
    said = session.run("login", stdin=f"{session.outpost.api_token}\n")
    said.expect("Logged in successfully.", "Default namespace: local")


@step
def user(session: Session) -> None:
    session.run("user").expect("local")


# Endpoints: each form of creating one


@step
def scaffold(session: Session) -> None:
    session.run("endpoints", "scaffold", "--path", "scaffolded.py").expect()
    assert "class " in (session.home / "scaffolded.py").read_text()


FILE = ("--template-path", "template.py:Echo", "--prebuilt-container", "python")
ADDRESS = ("--template-path", "https://a.example/t.py:Echo", "--prebuilt-container", "python")


@step
def create_file(session: Session) -> None:
    scaling = ("--replica-scaling-max", "2", "--replica-scaling-scaledown-period", "60")
    found = create(session, "from-file", *FILE, *scaling).details
    assert found.replicaScalingConfig.max == 2
    assert found.visibility == "private"


@step
def create_file_with_a_secret(session: Session) -> None:
    create(session, "with-secret", *FILE, "--secret", "token=1")


@step
def create_url(session: Session) -> None:
    create(session, "from-url", *ADDRESS)


@step
def create_url_with_settings(session: Session) -> None:
    create(session, "from-url", *ADDRESS, "--prebuilt-container-config", "{}")


@step
def create_hugging_face(session: Session) -> None:
    for prefix in ("hf", "huggingface"):
        model = f"{prefix}:Falconsai/text_summarization@main"
        found = create(session, f"from-{prefix}", model, "--task-type", "summarization").details
        template: Any = found.autogeneratedTemplateConfig
        assert template.huggingfaceModel.id == "Falconsai/text_summarization"
        assert template.revision == "main"


@step
def create_model_without_revision(session: Session) -> None:
    create(session, "no-revision", "hf:Falconsai/text_summarization", "-t", "summarization")


@step
def create_model_in_a_container(session: Session) -> None:
    model = ("hf:Falconsai/text_summarization@main", "--prebuilt-container", "transformers")
    create(session, "in-container", *model, "-t", "summarization")


@step
def list_(session: Session) -> None:
    session.run("endpoints", "list").expect("from-file", "from-url", "hf:Falconsai/text_summari")


@step
def create_outpost_model(session: Session) -> None:
    found = create(session, "from-outpost", "me/model@main").details
    template: Any = found.autogeneratedTemplateConfig
    assert template.outpostModel.fullName == "me/model"


@step
def list_with_a_model_of_outpost(session: Session) -> None:
    session.run("endpoints", "list").expect("from-outpost")


# One endpoint from its deployment to its end


@step
def get(session: Session) -> None:
    session.run("endpoints", "get", "from-file").expect("'fullName': 'local/from-file'")


@step
def deploy(session: Session) -> None:
    session.run("endpoints", "deploy", "from-file").expect("Deployment successful. id: ")


@step
def status(session: Session) -> None:
    session.wait_until_healthy("from-file")


@step
def replica_status(session: Session) -> None:
    session.run("endpoints", "replica-status", "from-file").expect("availableReplicas=1")


@step
def deployments(session: Session) -> None:
    said = session.run("endpoints", "deployments", "from-file")
    said.expect("Deployments (1)", "healthy")


@step
def predict(session: Session) -> None:
    session.run("predict", "from-file").expect("200")


@step
def logs_as_text(session: Session) -> None:
    dep = ("endpoints", "logs", "from-file", "--log-type", "dep")
    session.run(*dep, "--limit", "100").expect("[INFO]")


@step
def logs_as_plain_text(session: Session) -> None:
    plain = ("endpoints", "logs", "from-file", "--output-style", "PLAIN")
    with_times = session.run(*plain).expect("[INFO]").out.splitlines()
    without = session.run(*plain, "--hide-timestamp").expect("[INFO]").out.splitlines()
    assert with_times[0].partition(" ")[0].isdigit()
    assert without[0].startswith("["), without[0]


@step
def logs_as_json(session: Session) -> None:
    said = session.run("endpoints", "logs", "from-file", "--output-style", "JSON").expect()
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert lines
    assert {"level", "message"} <= lines[0]["data"].keys()
    [first, last] = [lines[0]["timestamp"], lines[-1]["timestamp"]]
    bounded = ("endpoints", "logs", "from-file", "--start", first, "--end", last)
    session.run(*bounded, "--output-style", "JSON").expect(first)


@step
def logs_with_a_traceback(session: Session) -> None:
    with session.client() as client:
        endpoint = Endpoint(client, "local", "from-file")
        with pytest.raises(OutpostError):
            endpoint.get_prediction_client().infer(json={})
    session.run("endpoints", "logs", "from-file", "--log-type", "runtime").expect("KeyError")


@step
def delete(session: Session) -> None:
    session.run("endpoints", "delete", "from-file", stdin="y\n").expect("really want")
    with session.client() as client:
        assert "from-file" not in [each.name for each in Endpoints(client, "local").list()]


# Large files, as git calls it


def git(session: Session, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=session.home / "repo", capture_output=True, text=True, check=False
    )
    return done.stdout


@step
def lfs_enable_largefiles(session: Session) -> None:
    (session.home / "repo").mkdir()
    git(session, "init", "--quiet")
    session.run("lfs", "enable-largefiles", "repo").expect("set up for largefiles")
    assert "lfs multipart-upload" in git(session, "config", "--get-regexp", "lfs.customtransfer")


@step
def lfs_disable_multipart(session: Session) -> None:
    session.run("lfs", "disable-multipart", "repo").expect("configs removed")
    assert git(session, "config", "--get-regexp", "lfs.customtransfer") == ""


def upload(session: Session, provider: str) -> None:
    content = bytes(range(256)) * 600
    (session.home / "large.bin").write_bytes(content)
    session.store.parts.clear()
    session.store.whole = None
    urls = {f"part_{each}": f"{session.store.url}/parts/{each}" for each in (1, 2, 3)}
    header = {
        "storage_provider": provider,
        "chunk_size": str(PART_BYTES),
        "abort_url": f"{session.store.url}/abort",
        **urls,
    }
    messages: list[dict[str, object]] = [
        {"event": "init", "operation": "upload", "remote": "origin", "concurrent": False},
        {
            "event": "upload",
            "oid": "a" * 64,
            "size": len(content),
            "path": str(session.home / "large.bin"),
            "action": {"href": f"{session.store.url}/complete", "header": header},
        },
        {"event": "terminate"},
    ]
    said = session.run(
        "lfs", "multipart-upload", stdin="".join(json.dumps(each) + "\n" for each in messages)
    ).expect('"event": "complete"')
    assert '"error"' not in said.out, said.out
    assert session.store.whole == content


@step
def lfs_multipart_upload_to_s3(session: Session) -> None:
    upload(session, "s3")


@step
def lfs_multipart_upload_to_gcs(session: Session) -> None:
    upload(session, "gcs")


# And away


@step
def logout(session: Session) -> None:
    session.run("logout").expect("Logged out successfully.")
    session.run("logout").expect("No logged in user found.")
    session.run("logout", "--purge").expect("Logged out successfully.")
    session.run("logout", "--purge").expect("No config file found.")


@step
def without_a_token(session: Session) -> None:
    said = session.run("user")
    assert said.err.startswith("Error: "), said
    assert "OUTPOST_API_TOKEN" in said.err, said


@step
def every_command_was_tried(session: Session) -> None:
    missing = [
        command
        for command in session.commands()
        if not any(f"{tried} ".startswith(f"{command} ") for tried in session.tried)
    ]
    assert missing == [], f"{missing} were not tried"
