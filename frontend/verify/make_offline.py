"""Make verify-offline.html: the verifier page as one file that works when opened from a disk.

Browsers do not load ES modules from ``file:``, so a saved folder alone would stay silent. This
script puts style and modules into the page itself: each module becomes a function that returns
what it exports, its text otherwise unchanged and readable. A content security policy with the
digests of both forbids the file every connection. ``--check`` demands no difference.
"""

from __future__ import annotations

import base64
import re
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
OUTPUT = HERE / "verify-offline.html"
_IMPORT = re.compile(
    r"^import\s+(?:\* as (?P<all>\w+)|\{(?P<names>[^}]*)\}|(?P<default>\w+))"
    r'\s+from\s+"\./(?P<module>[\w-]+)\.mjs";\n',
    re.MULTILINE,
)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_REEXPORT = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)


def variable(module: str) -> str:
    """Name of the constant that holds what a module exports."""
    return "module_" + module.replace("-", "_")


def modules_from(entry: str, found: dict[str, str]) -> dict[str, str]:
    """Sources of ``entry`` and of all it imports, those imported first."""
    if entry not in found:
        source = (HERE / f"{entry}.mjs").read_text("utf-8")
        for match in _IMPORT.finditer(source):
            modules_from(match["module"], found)
        found[entry] = source
    return found


def as_function(module: str, source: str) -> str:
    """The module as a constant made by a function with the same body."""

    def bound(match: re.Match[str]) -> str:
        target = variable(match["module"])
        if match["all"]:
            return f"const {match['all']} = {target};\n"
        if match["default"]:
            return f"const {match['default']} = {target}.default;\n"
        names = " ".join(match["names"].split()).rstrip(",")
        return f"const {{ {names} }} = {target};\n"

    exported = _EXPORT.findall(source)
    for names in _REEXPORT.findall(source):
        exported += [name.strip() for name in names.split(",") if name.strip()]
    body = _REEXPORT.sub("", _IMPORT.sub(bound, source))
    if "export default" in body:
        body = body.replace("export default", "const standard =", 1)
        exported.append("default: standard")
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    returned = ", ".join(exported)
    return f"const {variable(module)} = (() => {{\n{body}\nreturn {{ {returned} }};\n}})();\n"


def page() -> str:
    """The whole file."""
    sources = modules_from("verify", {})
    script = "\n".join(as_function(name, source) for name, source in sources.items())
    script = '\n"use strict";\n' + script.replace("import.meta.url", "location.href")
    if "</script" in script or re.search(r"^\s*(?:import|export)\s", script, re.MULTILINE):
        raise ValueError("a module has a form of import or export this script does not know")
    style = "\n" + (HERE / "verify.css").read_text("utf-8")
    html = (HERE / "index.html").read_text("utf-8")
    policy = (
        "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src '{_source(style)}'; script-src '{_source(script)}' 'wasm-unsafe-eval'"
    )
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    for old, new in (
        ('<link rel="stylesheet" href="verify.css">\n', f"<style>{style}</style>\n"),
        ('<script type="module" src="verify.mjs"></script>\n', ""),
        ("</body>", f"<script>{script}</script>\n</body>"),
        ('<meta charset="utf-8">\n', '<meta charset="utf-8">\n' + meta),
    ):
        if html.count(old) != 1:
            raise ValueError(f"index.html has not exactly one {old.strip()}")
        html = html.replace(old, new)
    return html


def _source(content: str) -> str:
    return "sha256-" + base64.b64encode(sha256(content.encode()).digest()).decode()


def main() -> int:
    """Write the file, or with ``--check`` say whether it is up to date."""
    made = page()
    if "--check" not in sys.argv[1:]:
        OUTPUT.write_text(made, "utf-8")
        return 0
    if OUTPUT.exists() and OUTPUT.read_text("utf-8") == made:
        return 0
    sys.stdout.write("verify-offline.html is out of date: run frontend/verify/make_offline.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
