"""Try all operations of documents: ``python -m tests.generator.conformance [DOCUMENT ...]``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.generator.conformance.documents import FOLDER, found
from tests.generator.conformance.package import try_path
from tests.generator.conformance.trial import Account


def main() -> int:
    """Print the table; return 1 when anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.generator.conformance")
    parser.add_argument("documents", nargs="*", type=Path, help=f"default: those in {FOLDER}")
    parser.add_argument("--count", type=int, default=3, help="calls of each operation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=20, help="failures printed per document")
    parser.add_argument("--disputes", action="store_true", help="print each dispute")
    parser.add_argument("--types", action="store_true", help="ask mypy, pyright and ruff, too")
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
        account = try_path(path, count=arguments.count, seed=arguments.seed, types=arguments.types)
        _print(path.stem, account, time.perf_counter() - started)
        for line in account.failures[: arguments.show]:
            print("  failure:", line)
        for line in account.undrawn[: arguments.show]:
            print("  undrawn:", line)
        for why, each in account.disputed.items():
            print(f"  disputed: {len(each)} requests: the judge {why}")
            if arguments.disputes:
                print("".join(f"    {line}\n" for line in each), end="")
        total.add(account)
    if len(paths) > 1:
        _print("all", total)
    return 1 if total.failures else 0


def _print(name: str, account: Account, seconds: float | None = None) -> None:
    disputed = sum(map(len, account.disputed.values()))
    print(
        f"{name:26}{account.operations:11}{account.requests:10}{account.answers:9}"
        f"{len(account.undrawn):9}{disputed:10}{len(account.failures):10}"
        + (f"{seconds:9.1f}" if seconds is not None else ""),
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
