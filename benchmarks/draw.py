"""The figures of the draw: computing it, streaming it, and verifying it in a browser.

``python -m benchmarks.draw``. Every figure is measured in a process of its own, so that memory is
its own; exits with 1 when one misses its target.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from backend import drawkit as kit
from backend.drawkit import merkle, selection
from backend.drawkit.assignment import assign

ROOT = Path(__file__).resolve().parents[1]
ROWS = 1_000_000
STREAMED = 100_000_000
QUOTAS = {"A": 104, "B": 100, "C": 116, "D": 120}
SEED = b"\x07" * 32
PORT = 8111
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'"
)

Figures = dict[str, float]


def million() -> tuple[dict[str, Any], bytes]:
    """Return the plan and pool of a million rows, of which 440 are drawn with 1,116 seats."""
    codes = list(QUOTAS)
    parts = []
    for place, code in enumerate(codes):
        first = place * ROWS // len(codes)
        parts += [f"{code}\t9133{first + n:014}\n" for n in range(ROWS // len(codes))]
    strata = [
        {"code": code, "num": 0, "den": 1, "min": count, "max": None}
        for code, count in QUOTAS.items()
    ]
    pair = [{"dept": "SCJG", "spec": "", "n": 2}]
    joint = [{"dept": "SCJG", "spec": "TZSB", "n": 1}, {"dept": "XFJY", "spec": "", "n": 2}]
    plan = {
        "v": kit.VERSION,
        "authority": "330106",
        "name": "基准",
        "seq": 1,
        "mode": "open",
        "strata": strata,
        "teams": {"*": pair, "C": joint, "D": joint},
    }
    return plan, "".join(parts).encode()


def officers(count: int) -> bytes:
    """Return officers.tsv of ``count`` people in two departments, one in ten a specialist."""
    rows = [
        (
            f"O{n:05}",
            "SCJG" if n % 3 else "XFJY",
            "TZSB" if n % 10 == 1 else "",
            "99",
            str(n % 3),
        )
        for n in range(count)
    ]
    return kit.write_table(rows, "officers.tsv")


def measure_draw() -> Figures:
    """Measure the freeze and draw of a million rows."""
    plan, pool = million()
    inputs = kit.Inputs(plan, pool, officers(300), b"", b"")
    began = perf_counter()
    kit.freeze_record(
        inputs,
        draw_id="330106-2026-0001-1",
        op_commit="00" * 32,
        op_chain="00" * 32,
        sup_chain="00" * 32,
        witnesses=["w1"],
        quorum=1,
        public={"type": "none", "rule": ""},
    )
    freeze = perf_counter() - began
    lines = kit.read_table(pool, "pool.tsv")
    strata = selection.strata_of(lines, plan["strata"])
    began = perf_counter()
    drawn = selection.draw_rows(SEED, strata)
    draw = perf_counter() - began
    proof = merkle.path(lines, 12345)
    began = perf_counter()
    leaf = merkle.leaf_hash(lines[12345])
    merkle.root_from_path(leaf, 12345, ROWS, proof)
    kit.lot(SEED, 12345)
    one = perf_counter() - began
    return {"draw": draw, "freeze": freeze, "one": one, "drawn": sum(map(len, drawn))}


def measure_stream() -> Figures:
    """Measure the smallest lots of a hundred million rows, and how much memory that takes."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = perf_counter()
    selection.smallest(SEED, 0, STREAMED, 1000)
    took = perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"stream": took, "memory": after / 1024, "before": before / 1024}


def measure_officers() -> Figures:
    """Measure 40,000 seats for 300 officers, some capped, with a specialist wanted by every eighth
    seat."""
    rng = Random(1)
    people = [
        kit.Officer(f"O{n:03}", "A", frozenset("x" if n % 10 == 0 else ""), 200, n % 3)
        for n in range(300)
    ]
    seats = [kit.Seat(n // 2, "A", "x" if n % 8 == 0 else "") for n in range(40_000)]
    away = [set(rng.sample(range(300), 3)) for _ in range(20_000)]
    began = perf_counter()
    state = assign(SEED, seats, people, lambda task, row: row in away[task])
    return {"officers": perf_counter() - began, "vacant": state.who.count(kit.VACANT)}


def measure_sampler() -> Figures:
    """Measure PyPI consistent-sampler drawing as many rows of as many."""
    from consistent_sampler import sampler  # type: ignore[import-untyped]

    names = [f"9133{n:014}" for n in range(ROWS)]
    began = perf_counter()
    list(sampler(names, seed=SEED.hex(), with_replacement=False, take=440, output="id"))
    return {"sampler": perf_counter() - began}


def bundle() -> bytes:
    """Return a published draw of a million rows."""
    plan, pool = million()
    inputs = kit.Inputs(plan, pool, officers(300), b"", b"")
    operator, words = b"\1" * 32, {"id": "w1", "text": "骰子", "rand": "22" * 32}
    draw_id = "330106-2026-0001-1"
    freeze = kit.freeze_record(
        inputs,
        draw_id=draw_id,
        op_commit=kit.operator_commitment(draw_id, operator),
        op_chain="00" * 32,
        sup_chain="00" * 32,
        witnesses=["w1"],
        quorum=1,
        public={"type": "dice10", "rule": "dice"},
    )
    secret = kit.witness_secret(words["text"], bytes.fromhex(words["rand"]))
    commits = {"w1": kit.witness_commitment(kit.freeze_hash(freeze), "w1", secret)}
    public = {"type": "dice10", "value": "63454660390103169462"}
    transcript = kit.transcript(freeze, operator, [words], public)
    result = kit.compute(inputs, kit.seed(transcript))
    records = {"freeze": freeze, "plan": plan, "commits": commits, "transcript": transcript}
    files = {f"{name}.json": kit.canonical(record) for name, record in records.items()}
    tables = {"pool": pool, "officers": inputs.officers, "recusals": b"", "exclusions": b""}
    files |= {f"{name}.tsv": data for name, data in tables.items()}
    return kit.write_bundle(files | {"result.tsv": result.tsv()})


class Pages(SimpleHTTPRequestHandler):
    """A server of the verifier's folder under a strict content policy."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


def measure_browser() -> Figures:
    """Measure the page's verification of a million rows in Chromium, plain and throttled
    sixfold."""
    from playwright.sync_api import sync_playwright

    began = perf_counter()
    data = bundle()
    making = perf_counter() - began
    began = perf_counter()
    assert kit.verify_bundle(data).status == kit.EQUAL
    python = perf_counter() - began
    handler = partial(Pages, directory=str(ROOT / "frontend"))
    server = ThreadingHTTPServer(("127.0.0.1", PORT), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    found: Figures = {"making": making, "python": python}
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        file = Path(folder) / "draw.zip"
        file.write_bytes(data)
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, rate in (("browser", 1), ("throttled", 6)):
            times = []
            for _ in range(3):
                page = browser.new_page()
                page.goto(f"http://127.0.0.1:{PORT}/verify/index.html")
                session = page.context.new_cdp_session(page)
                session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
                page.set_input_files("#file", str(file))
                page.locator("#outcome.equal").wait_for(timeout=60_000)
                script = "performance.getEntriesByName('verify').at(-1).duration"
                times.append(float(page.evaluate(script)) / 1000)
                if os.environ.get("DETAILS"):
                    print(page.locator("#checks").inner_text().replace("\n", " "))
                page.close()
            found[name] = min(times)
        browser.close()
    server.shutdown()
    return found


def _alone(work: Callable[[], Figures], pipe: Any) -> None:
    pipe.send(work())


def alone(work: Callable[[], Figures]) -> Figures:
    """Return the figures of ``work``, run in a fresh process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_alone, args=(work, theirs))
    process.start()
    while not ours.poll(0.2):
        if not process.is_alive():
            raise RuntimeError(f"{work.__name__} failed")
    figures: Figures = ours.recv()
    process.join()
    return figures


TARGETS = (
    ("draw", "enterprises of 1,000,000 rows", 0.1, "s"),
    ("freeze", "freeze with Merkle root, 1,000,000 rows", 5, "s"),
    ("one", "one enterprise checks itself", 0.01, "s"),
    ("stream", "lots of 100,000,000 rows, streamed", 1.5, "s"),
    ("memory", "memory of that process at its highest", 150, "MB"),
    ("officers", "40,000 seats, 300 officers", 15, "s"),
    ("python", "verification by the command, 1,000,000 rows", None, "s"),
    ("browser", "verification in Chromium, 1,000,000 rows", 0.6, "s"),
    ("throttled", "the same at 6 times CPU throttle", 2, "s"),
    ("sampler", "PyPI consistent-sampler, 440 of 1,000,000", None, "s"),
)


def main() -> int:
    """Measure, print the figures, and return 1 if one misses its target."""
    figures: Figures = {}
    for work in (
        measure_draw,
        measure_stream,
        measure_officers,
        measure_sampler,
        measure_browser,
    ):
        figures |= alone(work)
    missed = 0
    for key, title, target, unit in TARGETS:
        verdict = ""
        if target is not None:
            good = figures[key] <= target
            missed += not good
            verdict = f"target {target:g} {unit}  {'ok' if good else 'MISSED'}"
        print(f"{title:<48}{figures[key]:>10.4f} {unit:<3} {verdict}")
    print(json.dumps(figures))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
