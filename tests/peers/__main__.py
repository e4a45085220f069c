"""What was published before, against the local Outpost: ``python -m tests.peers [PEER ...]``.

A peer is a version of outpostkit, or ``outpostcli``, which runs on the SDK of this checkout. Each
is installed in a virtual environment of its own below ``.venv-peers/`` and does all that it can.
What its own code makes impossible is listed in ``IMPOSSIBLE`` with the reason; all else has to
succeed. Exit code 0 when it does, 1 when it does not, 75 when no package index can be reached to
install from.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

import httpx

from outpostkit.local import LocalOutpost
from tests.peers import command_line

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENTS = ROOT / ".venv-peers"
UNREACHABLE = 75

# What each peer is installed from. Both outpostkits import what they do not declare.
PEERS = {
    "0.0.46": ["outpostkit==0.0.46", "requests"],
    "0.0.69": ["outpostkit==0.0.69", "requests", "six"],
    "outpostcli": ["outpostcli==0.0.63", "--editable", str(ROOT)],
}

NOT_AFTER_CREATING = (
    "the endpoint is created, then its class refuses entity and name without full_name"
)

# peer: {step: (what its error says, why)}
IMPOSSIBLE: dict[str, dict[str, tuple[str, str]]] = {
    "0.0.46": {
        "user_upload_avatar": ("TypeError", "it opens the picture as text"),
        "team_members": ("TypeError", "it reads the team as a list of users"),
        "create_with_secrets": ("not JSON serializable", "it does not encode secrets"),
        "create_file": ("ValueError", "it opens the template with a mode that there is not"),
        "create_url": ("not JSON serializable", "it does not encode the visibility"),
        "logs": ("AttributeError", "it reads attributes of dictionaries"),
    },
    "0.0.69": {
        "user_upload_avatar": ("TypeError", "it opens the picture as text"),
        "team_members": ("TypeError", "it reads the team as a list of users"),
        "create_hugging_face": ("identifiable information", NOT_AFTER_CREATING),
        "create_outpost_model": ("identifiable information", NOT_AFTER_CREATING),
        "create_with_everything": ("identifiable information", NOT_AFTER_CREATING),
        "create_with_secrets": ("identifiable information", NOT_AFTER_CREATING),
        "create_file": ("identifiable information", NOT_AFTER_CREATING),
        "create_url": ("not JSON serializable", "it does not encode the visibility"),
    },
    "outpostcli": command_line.IMPOSSIBLE,
}

# The endpoints that each version can create, whatever its code does with the answer.
CREATED = {"0.0.46": ["hf", "op", "all"], "0.0.69": ["hf", "op", "all", "secret", "file"]}

ECHO = """\
class Echo:
    def predict(self, value: dict) -> dict:
        return {"echo": value}
"""


def main(peers: list[str]) -> int:
    failures = 0
    for peer in peers or list(PEERS):
        python = install(peer)
        if python is None:
            print(f"{PEERS[peer][0]} cannot be installed: no package index can be reached.")
            return UNREACHABLE
        is_program = peer == "outpostcli"
        found = command_line.results(python) if is_program else drive(peer, python)
        failures += judge(peer, found)
    return 1 if failures else 0


def install(peer: str) -> Path | None:
    """Return the interpreter of the peer's environment, None when it cannot be installed."""
    folder = ENVIRONMENTS / peer
    ready, python = folder / "ready", folder / "bin" / "python"
    if not ready.exists():
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run([*pip, *PEERS[peer]], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stderr, file=sys.stderr)
            return None
        ready.touch()
    return python


def drive(version: str, python: Path) -> list[dict[str, str | None]]:
    """Return what became of each step."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalOutpost(teams=["crew"], start_timeout_s=120) as outpost,
    ):
        template = Path(folder) / "template.py"
        template.write_text(ECHO)
        settings = {
            "base_url": outpost.base_url,
            "api_token": outpost.api_token,
            "endpoint": create_endpoint(outpost, template),
            "template": str(template),
            "team": "crew",
            "suffix": version.replace(".", "-"),
            "created": CREATED[version],
        }
        # Away from the checkout: its own outpostkit must not be found.
        done = subprocess.run(
            [python, "-P", HERE / "drive.py", json.dumps(settings)],
            capture_output=True,
            text=True,
            check=False,
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*", "HOME": folder},
        )
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def create_endpoint(outpost: LocalOutpost, template: Path) -> str:
    """Create an endpoint from a file, which not every version can, and return its name."""
    metadata = {"name": "peer", "customTemplateConfig": {"className": "Echo"}}
    answer = httpx.post(
        f"{outpost.base_url}/endpoints/local",
        headers={"Authorization": f"Bearer {outpost.api_token}"},
        data={"metadata": json.dumps(metadata)},
        files={"template": template.read_bytes()},
        trust_env=False,
    )
    return str(answer.raise_for_status().json()["name"])


def judge(peer: str, results: list[dict[str, str | None]]) -> int:
    """Print what became of each step, and return how many are not as they have to be."""
    impossible = IMPOSSIBLE[peer]
    wrong = 0 if results else 1
    for result in results:
        step, error = str(result["step"]), result["error"]
        said, reason = impossible.get(step, (None, ""))
        is_right = error is None if said is None else error is not None and said in error
        outcome = "done" if error is None else f"impossible: {reason}" if is_right else error
        wrong += not is_right
        print(f"{peer}  {'  ' if is_right else 'X '}{step:<34} {outcome}")
    missing = impossible.keys() - {str(result["step"]) for result in results}
    done = sum(result["error"] is None for result in results)
    print(f"{PEERS[peer][0]}: {done} of {len(results)} steps done, {wrong} not as they should\n")
    return wrong + len(missing)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
