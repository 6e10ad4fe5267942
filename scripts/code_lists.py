"""The phone's copy of the code lists, made from ``platform/code_lists.py``.

``python -m scripts.code_lists`` writes frontend/src/core/code-lists.ts; ``--check`` fails when it
would come out differently.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from backend.app.platform.code_lists import LISTS, CodeList

TARGET = Path(__file__).parent.parent / "frontend/src/core/code-lists.ts"
ON_PHONE = ("RESULTS", "FOLLOW_UPS", "GROUNDS", "VERDICTS")
"""The lists that a phone shows or chooses from."""
TYPES = {
    "ReplacementCause": "CAUSES",
    "PointKind": "POINT_KINDS",
    "EvidenceDemand": "EVIDENCE_DEMANDS",
    "OptionVerdict": "OPTION_VERDICTS",
}
"""The lists that a phone only acts by: types, which cost it no byte."""
HEAD = "/** Made by scripts/code_lists.py from the server's lists: change them there. */\n"


def typescript(name: str, listed: CodeList) -> Iterator[str]:
    """Yield the lines of a list: its system and version, the codes to choose, all words."""
    yield f"export const {name} = {{"
    yield f"  system: {_text(listed.system)},"
    yield f"  version: {listed.version},"
    yield f"  chosen: [{', '.join(_text(code) for code in listed.chosen)}],"
    for language in ("zh", "en"):
        yield f"  {language}: {{"
        for code, words in listed.codes.items():
            key = code if code.isidentifier() else _text(code)
            yield f"    {key}: {_text(getattr(words, language))},"
        yield "  },"
    yield "} as const;"


def _union(name: str, listed: CodeList) -> str:
    """Return the type whose values are all codes of a list, withdrawn ones too."""
    return f"export type {name} = {' | '.join(_text(code) for code in listed.codes)};"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write the file, or with --check compare it."""
    parts = ["\n".join(typescript(name, LISTS[name])) for name in ON_PHONE]
    types = [_union(name, LISTS[source]) for name, source in TYPES.items()]
    parts.append("\n".join(types))
    made = HEAD + "\n\n".join(parts) + "\n"
    if "--check" not in sys.argv:
        TARGET.write_text(made, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != made:
        sys.exit("code-lists.ts differs from the server's lists: python -m scripts.code_lists")


if __name__ == "__main__":
    main()
