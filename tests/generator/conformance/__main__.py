"""Try all operations of documents: ``python -m tests.generator.conformance [DOCUMENT ...]``."""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from pathlib import Path

from outpost_generator.config import Config
from outpost_generator.load import load
from outpost_generator.manifest import write
from outpost_generator.pipeline import generate
from tests.generator.conformance.calls import Package
from tests.generator.conformance.documents import FOLDER, described, found, read
from tests.generator.conformance.trial import Account, try_document


def main() -> int:
    """Print the table; return 1 when anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("documents", nargs="*", type=Path, help=f"default: those in {FOLDER}")
    parser.add_argument("--count", type=int, default=3, help="calls of each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=20, help="failures printed per document")
    arguments = parser.parse_args()
    paths = arguments.documents or found()
    if not paths:
        print(f"no documents in {FOLDER}; name some, or set OUTPOST_SPECS", file=sys.stderr)
        return 2
    print(
        f"{'document':26}{'operations':>11}{'requests':>10}{'answers':>9}{'undrawn':>9}{'disputed':>10}"
        f"{'failures':>10}{'seconds':>9}"
    )
    total = Account()
    for path in paths:
        started = time.perf_counter()
        account = _try(path, arguments.count, arguments.seed)
        _print(path.stem, account, time.perf_counter() - started)
        for line in account.failures[: arguments.show]:
            print("  failure:", line)
        for line in account.disputed[: arguments.show]:
            print("  disputed:", line)
        for line in account.undrawn[: arguments.show]:
            print("  undrawn:", line)
        total.operations += account.operations
        total.requests += account.requests
        total.answers += account.answers
        total.undrawn += account.undrawn
        total.disputed += account.disputed
        total.failures += account.failures
    _print("all", total, 0)
    return 1 if total.failures else 0


def _print(name: str, account: Account, seconds: float) -> None:
    print(
        f"{name:26}{account.operations:11}{account.requests:10}{account.answers:9}"
        f"{len(account.undrawn):9}{len(account.disputed):10}{len(account.failures):10}{seconds:9.1f}",
        flush=True,
    )


def _try(path: Path, count: int, seed: int) -> Account:
    document = read(path)
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        name = f"conformance_{path.stem}".lower()
        result = generate(load(path, path.name), Config(), name, "outpost-generator")
        write(Path(folder), result.files, result.manifest)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            package = Package(name, document)
            account = try_document(document, package, count=count, seed=seed)
            missing = sum(1 for _ in described(document)) - len(package.operations)
            if missing:
                account.failures.append(f"{missing} operations were not generated")
            return account
        finally:
            sys.path.remove(folder)


if __name__ == "__main__":
    raise SystemExit(main())
