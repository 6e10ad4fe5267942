"""The public verifier as one file that works when opened from a disk, made from its modules.

Browsers do not load ES modules from ``file:``, so a saved folder alone would stay silent. This
puts style and modules into the page itself: each module becomes a function that returns what it
exports, its text otherwise unchanged and readable. A content security policy with the digests of
both forbids the file every connection. Must not change what a module says, nor keep a copy that
is older than the modules.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

_IMPORT = re.compile(
    r"^import\s+(?:\* as (?P<all>\w+)|\{(?P<names>[^}]*)\}|(?P<default>\w+))"
    r'\s+from\s+"\./(?P<module>[\w-]+)\.mjs";\n',
    re.MULTILINE,
)
_EXPORT = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_REEXPORT = re.compile(r"^export \{([^}]*)\};\n", re.MULTILINE)


def _variable(module: str) -> str:
    """Name of the constant that holds what a module exports."""
    return "module_" + module.replace("-", "_")


def _modules_from(folder: Path, entry: str, found: dict[str, str]) -> dict[str, str]:
    """Sources of ``entry`` and of all it imports, those imported first."""
    if entry not in found:
        source = (folder / f"{entry}.mjs").read_text("utf-8")
        for match in _IMPORT.finditer(source):
            _modules_from(folder, match["module"], found)
        found[entry] = source
    return found


def _as_function(module: str, source: str) -> str:
    """The module as a constant made by a function with the same body."""

    def bound(match: re.Match[str]) -> str:
        target = _variable(match["module"])
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
    return f"const {_variable(module)} = (() => {{\n{body}\nreturn {{ {returned} }};\n}})();\n"


def offline_page(folder: Path) -> str:
    """The verifier in ``folder`` as one file, as its files are now.

    Raises ValueError when a module has a form that cannot be put into one file.
    """
    files = [(path.name, path.stat()) for path in sorted(folder.iterdir())]
    return _made(folder, tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in files))


@lru_cache(maxsize=2)
def _made(folder: Path, _state: tuple[tuple[str, int, int], ...]) -> str:
    sources = _modules_from(folder, "verify", {})
    script = "\n".join(_as_function(name, source) for name, source in sources.items())
    script = '\n"use strict";\n' + script.replace("import.meta.url", "location.href")
    if "</script" in script or re.search(r"^\s*(?:import|export)\s", script, re.MULTILINE):
        raise ValueError("a module has a form of import or export that is not known here")
    style = "\n" + (folder / "verify.css").read_text("utf-8")
    html = (folder / "index.html").read_text("utf-8")
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
