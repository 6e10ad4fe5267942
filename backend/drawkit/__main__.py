"""``python -m backend.drawkit verify FILE``: the verifier for a terminal.

Exit status: 0 the result is equal, 1 it differs, 2 the file is not readable as a bundle. The
last line of the output is the verdict.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

from .encoding import Malformed
from .verify import EQUAL, UNREADABLE, Report, audit, verify_bundle


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = _options()
    options = parser.parse_args(arguments)
    if options.require_ledger and not options.ledger_key:
        parser.error("--require-ledger needs --ledger-key: anybody can make a ledger of their own")
    if options.cosigned and not options.require_ledger:
        parser.error("--cosigned needs --require-ledger: cosignatures stand in the ledger's proofs")
    try:
        data = Path(options.file).read_bytes()
        salt = bytes.fromhex(options.salt) if options.salt else None
    except (OSError, ValueError):
        print("Not readable as a bundle: the file cannot be read, or the salt is not hex.")
        return UNREADABLE
    report = verify_bundle(
        data,
        require_ledger=options.require_ledger,
        ledger_key=options.ledger_key,
        cosigners=options.cosigned,
        timer=perf_counter,
    )
    for line in report.lines:
        mark = "ok  " if line.holds else "FAIL"
        print(f"{mark} {line.name:<13}{line.milliseconds:>9.1f} ms  {line.sentence}")
    status = report.status
    if options.audit and status == EQUAL:
        status = _print_audit(report, options.audit, salt)
    print(report.verdict)
    return status


def _print_audit(report: Report, code: str, salt: bytes | None) -> int:
    if report.case is None:
        return UNREADABLE
    try:
        sentences = audit(report.case, code, salt)
    except Malformed as error:
        print(f"audit {code}: {error}")
        return EQUAL
    for sentence in sentences:
        print(f"audit {code}: {sentence}")
    return EQUAL


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.drawkit")
    verify = parser.add_subparsers(required=True).add_parser(
        "verify", help="check a bundle and recompute its draw"
    )
    verify.add_argument("file", metavar="FILE", help="the bundle (zip)")
    verify.add_argument(
        "--require-ledger",
        action="store_true",
        help="fail without ledger proofs",
    )
    verify.add_argument("--ledger-key", metavar="KEY", help="the ledger's verifier key")
    verify.add_argument(
        "--cosigned",
        action="append",
        default=[],
        metavar="KEY",
        help="fail unless the witness with this key cosigned the newest checkpoint (repeatable)",
    )
    verify.add_argument("--audit", metavar="CODE", help="say what became of one enterprise")
    verify.add_argument("--salt", metavar="HEX", help="the enterprise's salt in a sealed draw")
    return parser


if __name__ == "__main__":
    sys.exit(main())
