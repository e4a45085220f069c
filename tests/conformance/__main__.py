"""The local Outpost against the document: ``python -m tests.conformance [--cases N]``.

schemathesis sends valid and invalid requests to every operation that is served, and judges status,
content type, headers and schema of every answer, that invalid input is refused, that other methods
get 405 with Allow, and that nothing is answered without a token. It follows the document's links.
Without ``--cases`` every operation gets enough for 20,000 in all. Exit code 0 without a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import yaml

from outpost_server.control_plane.not_served import NOT_SERVED
from outpostkit.local import LocalOutpost

DOCUMENT = Path(__file__).parents[2] / "spec" / "outpost.yaml"
HOOKS = Path(__file__).with_name("hooks.py")
METHODS = {"get", "put", "post", "delete", "patch"}
ALL_CASES = 20_000
ECHO = "class Echo:\n    def predict(self, value: object = None) -> object:\n        return value\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance")
    parser.add_argument("--cases", type=int, default=ALL_CASES, help="how many to send at least")
    parser.add_argument("--seed", type=int, help="repeat an earlier run")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        # Names of the document's examples, so that those are about things that exist.
        LocalOutpost(entity="aj-ya", teams=["outpost"]) as outpost,
    ):
        path = populate(outpost)
        document = Path(folder) / "served.json"
        document.write_text(json.dumps(served(path)))

        def check_only(operation: str, token: str) -> bool:
            only = ["--include-operation-id", operation]
            return check(outpost, document, options, token, only)

        own, others = outpost.api_token, add_user(outpost)
        apart = ["deleteUser", "renewUserToken"]
        ok = check(
            *(outpost, document, options, own),
            [word for one in apart for word in ("--exclude-operation-id", one)],
        )
        ok &= check_only("renewUserToken", others)
        # The last one: it ends the account that all others use.
        ok &= check_only("deleteUser", own)
    return 0 if ok else 1


def add_user(outpost: LocalOutpost) -> str:
    """Return the token of another user, which may be renewed."""
    answer = httpx.post(
        f"{outpost.base_url}/users",
        headers={"Authorization": f"Bearer {outpost.api_token}"},
        json={"name": "renewing"},
        trust_env=False,
    )
    return str(answer.raise_for_status().json()["token"])


def populate(outpost: LocalOutpost) -> str:
    """Create what the document's examples name, and return the path of a prediction domain."""
    with httpx.Client(
        base_url=outpost.base_url,
        headers={"Authorization": f"Bearer {outpost.api_token}"},
        trust_env=False,
    ) as http:
        for name in ("summarizer", "conformance-echo"):
            metadata = {"name": name, "customTemplateConfig": {"className": "Echo"}}
            http.post(
                "/endpoints/aj-ya",
                data={"metadata": json.dumps(metadata)},
                files={"template": ECHO.encode()},
            ).raise_for_status()
        path = "/endpoints/aj-ya/conformance-echo"
        http.post(f"{path}/deployments").raise_for_status()
        give_up_at = time.monotonic() + 120
        while http.get(f"{path}/status").json()["status"] != "healthy":
            assert time.monotonic() < give_up_at, "the endpoint did not become healthy"
            time.sleep(0.05)
        return str(http.get(path).json()["predictionPath"]).removesuffix("/predict")


def served(prediction_path: str) -> dict[str, Any]:
    """Return the document as this server answers it: at one origin, and without what it refuses."""
    document: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    document["servers"] = [{"url": "/"}]
    paths = {}
    for path, item in document["paths"].items():
        is_prediction = item.pop("servers", None) is not None
        kept = {
            method: operation
            for method, operation in item.items()
            if method not in METHODS or operation["operationId"] not in NOT_SERVED
        }
        if METHODS & kept.keys():
            paths[(prediction_path if is_prediction else "/v1") + path] = kept
    document["paths"] = paths
    return document


def check(
    outpost: LocalOutpost,
    document: Path,
    options: argparse.Namespace,
    token: str,
    chosen: list[str],
) -> bool:
    """Run schemathesis and return whether nothing failed."""
    operations = 1 if "--include-operation-id" in chosen else 40
    per_operation = max(1, min(options.cases // operations, 3000))
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        str(document),
        f"--url={outpost.base_url.removesuffix('/v1')}",
        f"--header=Authorization: Bearer {token}",
        "--checks=all",
        # Replaced by those of HOOKS.
        "--exclude-checks=positive_data_acceptance,negative_data_rejection,"
        "ensure_resource_availability",
        f"--max-examples={per_operation if operations > 1 else 20}",
        "--continue-on-failure",
        "--suppress-health-check=all",
        "--no-color",
        "--request-timeout=30",
        *chosen,
        *([] if options.seed is None else [f"--seed={options.seed}"]),
    ]
    if options.cases < ALL_CASES:
        command.append("--phases=examples,coverage,fuzzing")
    done = subprocess.run(
        command,
        cwd=document.parent,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(done.stdout)
    found = re.search(r"([\d,]+) generated", done.stdout)
    print(f"{found[1] if found else 'no'} cases, exit code {done.returncode}\n")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
