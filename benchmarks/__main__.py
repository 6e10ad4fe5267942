"""``make bench``: every benchmark in turn, each in a process of its own, so that memory is its own
too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run all benchmarks, or those named on the command line; return how many failed as the exit
    status."""
    wanted = sys.argv[1:] or sorted(
        path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_")
    )
    failed = 0
    for name in wanted:
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        failed += subprocess.run(command, check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main())
