"""The phone's types of requests and replies, made from the description of the JSON interface.

``python -m scripts.api_types`` writes frontend/src/api/schema.ts; ``--check`` fails when it would
come out differently. It needs no database: the program is built in an empty folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from backend.app import create_app
from backend.app.openapi import describe
from backend.app.platform.settings import demo_environment, read_settings

FRONTEND = Path(__file__).parent.parent / "frontend"
TARGET = FRONTEND / "src/api/schema.ts"
PHONE = "/api/v1/"
"""The paths that a phone calls begin so."""
HEAD = "/** Made by scripts/api_types.py from the server's schemas: change them there. */\n"


def description() -> dict[str, Any]:
    """Return the description of the program with the settings of a demonstration."""
    with tempfile.TemporaryDirectory() as folder:
        return describe(create_app(read_settings(demo_environment(Path(folder)))))


def reached(document: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the phone's operations name, and those that these name, by name."""
    schemas = document["components"]["schemas"]
    waiting = [part for path, part in document["paths"].items() if path.startswith(PHONE)]
    found: dict[str, Any] = {}
    while waiting:
        for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop())):
            if name not in found:
                found[name] = schemas[name]
                waiting.append(schemas[name])
    return dict(sorted(found.items()))


def typescript(document: dict[str, Any]) -> str:
    """Return the text of the phone's file for ``document``."""
    short = {
        "openapi": document["openapi"],
        "info": document["info"],
        "paths": {},
        "components": {"schemas": reached(document)},
    }
    where = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    node = shutil.which("node", path=where) or sys.exit("node is missing: make setup")
    made = subprocess.run(
        [node, "node_modules/openapi-typescript/bin/cli.js", "--default-non-nullable=false"],
        cwd=FRONTEND,
        input=json.dumps(short),
        capture_output=True,
        text=True,
        check=True,
    )
    return HEAD + made.stdout


def main() -> None:
    """Write the file, or with --check compare it."""
    made = typescript(description())
    if "--check" not in sys.argv:
        TARGET.write_text(made, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != made:
        sys.exit("schema.ts differs from the server's schemas: python -m scripts.api_types")


if __name__ == "__main__":
    main()
