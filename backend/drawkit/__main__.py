"""``python -m backend.drawkit verify FILE``: re-compute a published draw.

Exit status 0 equal, 1 differs, 2 not readable as a bundle. The last line is the verdict.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .verify import UNREADABLE, Report, verify


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="drawkit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("verify", help="re-compute a published draw from its bundle")
    check.add_argument("file", type=Path)
    check.add_argument("--require-ledger", action="store_true")
    check.add_argument("--audit", metavar="CODE", help="also say what happened to one enterprise")
    options = parser.parse_args(arguments)
    try:
        data = options.file.read_bytes()
    except OSError as error:
        print(f"NOT READABLE: {error.strerror}: {options.file}")
        return UNREADABLE
    report = verify(data, require_ledger=options.require_ledger)
    for line in report.lines:
        print(f"  ok  {line.name:<46} {line.milliseconds:8.1f} ms  {line.note}")
    if options.audit and report.result is not None:
        print(audit(report, options.audit))
    print(report.verdict)
    return report.status


def audit(report: Report, code: str) -> str:
    """One sentence about the enterprise ``code`` in a verified bundle."""
    assert report.result is not None  # noqa: S101 - the caller checked
    wanted = code.strip().upper()
    drawn = {task.row: place for place, task in enumerate(report.result.tasks, 1)}
    for row, line in enumerate(report.result.pool_lines):
        if line.split(b"\t")[1].decode("ascii") == wanted:
            if row in drawn:
                return f"{wanted} stands in row {row} and was drawn as lot {drawn[row]}."
            return f"{wanted} stands in row {row} and was not drawn."
    return f"{wanted} is not in the frozen roster."


if __name__ == "__main__":
    sys.exit(main())
