"""Makes tests/vectors/sync-v1.json: what sync/1 §3 must compute, for both languages.

`python tests/vectors/make_sync_v1.py` writes the file, `--check` demands that it would not change.
Deterministic: the only randomness is a seeded generator of this file's own cases.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from backend.app.visits import record as records  # noqa: E402
from backend.app.visits.events import FIRST_PREV, event_hash, validate_event_body  # noqa: E402
from backend.app.visits.reducer import fold  # noqa: E402
from backend.app.visits.rules import missing, points, progress, verdict, visible  # noqa: E402
from tests.vectors.sync_stories import (  # noqa: E402
    ANNA,
    DEVICES,
    ORDERED,
    PACKAGE,
    VISIT,
    Story,
    drawn,
    told,
)

TARGET = Path(__file__).with_name("sync-v1.json")


def case(name: str, story: Story) -> dict[str, Any]:
    state = fold(PACKAGE, story.events)  # type: ignore[arg-type]
    body = records.record(PACKAGE, state)  # type: ignore[arg-type]
    return {
        "name": name,
        "events": story.events,
        "state": state,
        "visible": visible(PACKAGE, state),  # type: ignore[arg-type]
        "missing": missing(PACKAGE, state),  # type: ignore[arg-type]
        "progress": progress(PACKAGE, state),  # type: ignore[arg-type]
        **({} if name.startswith("interleaving") else {"record": body}),
        "digest": records.record_digest(body),
    }


def verdicts() -> list[dict[str, Any]]:
    """Every point with every value that some point knows."""
    tried = [
        None,
        "",
        "pass",
        "fail",
        "na",
        "a",
        "b",
        "c",
        "-18",
        "-18.01",
        "0.1",
        "2.50",
        "3",
        "文",
    ]
    tried += ["1" * 15, "1" * 16, "1.1234567890", "2026-11-23", "2026-13-01"]
    listed = points(PACKAGE)  # type: ignore[arg-type]
    return [
        {"point": p["key"], "value": v, "verdict": verdict(p, v)} for p in listed for v in tried
    ]


def sent() -> list[dict[str, Any]]:
    """A device's chain of sent events with their hashes."""
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("visit.started", {"position": {"lat": "36.95", "lon": "118.1", "accuracy": "8"}}),
        (
            "answer.set",
            {"point": "F:1", "value": "fail", "note": '\u20ac\u0001\\"\u6c34😀', "base": None},
        ),
        ("result.set", ORDERED),
        ("record.sealed", {"digest": "a" * 64, "assertion": None}),
        ("clock.jumped", {"delta": -9007199254740991}),
    ]
    chain, prev = [], FIRST_PREV
    for seq, (kind, body) in enumerate(bodies, start=1):
        event = {
            "v": 1,
            "id": f"0190e000-0000-7000-9000-{seq:012x}",
            "device": DEVICES[ANNA],
            "seq": seq,
            "prev": prev,
            "visit": VISIT,
            "kind": kind,
            "at": "2026-11-23T14:06:31.120+08:00",
            "mono": 1000 * seq,
            "body": body,
        }
        prev = event_hash(event)
        chain.append({"event": event, "hash": prev, "problems": validate_event_body(kind, body)})
    return chain


def build() -> dict[str, Any]:
    rng = random.Random(20261123)
    stories = [*told().items(), *((f"interleaving {n}", drawn(rng)) for n in range(40))]
    return {
        "v": "evenhand-sync-vectors/1",
        "package": PACKAGE,
        "cases": [case(name, story) for name, story in stories],
        "verdicts": verdicts(),
        "sent": sent(),
    }


def text() -> str:
    """The file as it must be: one case a line, so that a difference can be read."""
    parts = build()
    listed = {name: part for name, part in parts.items() if isinstance(part, list)}
    lines = [f'"{name}":{_line(part)}' for name, part in parts.items() if name not in listed]
    for name, part in listed.items():
        lines.append(f'"{name}":[\n' + ",\n".join(map(_line, part)) + "\n]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _line(part: Any) -> str:
    return json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text()
        print("sync-v1.json is as its script makes it" if same else "sync-v1.json differs")
        return 0 if same else 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
