"""Folding in steps gives what folding at once gives, wherever the steps are taken."""

from __future__ import annotations

import ast
import hashlib
import inspect
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from backend.app.visits import reducer, snapshot
from backend.app.visits.reducer import fold
from backend.app.visits.snapshot import Folding
from tests.vectors.sync_stories import PACKAGE

KEYS = [p["key"] for item in PACKAGE["items"] for p in item["checklist"]["points"]]
RESULT = {
    "category": {"system": "cn-8", "code": "1", "label": "未发现问题"},
    "follow_up": {"code": "none"},
}
identity = st.integers(0, 11).map(lambda n: f"00000000-0000-4000-8000-{n:012d}")
answers = st.fixed_dictionaries(
    {
        "point": st.sampled_from(KEYS[:3]),
        "value": st.sampled_from(["pass", "fail", None]),
        "note": st.sampled_from([None, "注"]),
        "base": st.none() | identity,
    }
)
settled = st.fixed_dictionaries(
    {
        "point": st.sampled_from(KEYS[:3]),
        "value": st.sampled_from(["pass", "fail"]),
        "of": st.lists(identity, min_size=1, max_size=3),
    }
)
photos = st.fixed_dictionaries(
    {
        "evidence": identity,
        "point": st.sampled_from([None, KEYS[0]]),
        "sha256": st.just("a" * 64),
        "size": st.just(3),
        "mime": st.just("image/jpeg"),
        "source": st.just("camera"),
        "captured_at": st.just("2026-11-23T10:00:00+08:00"),
        "position": st.none(),
    }
)
steps = st.one_of(
    st.tuples(st.just("answer.set"), answers),
    st.tuples(st.just("answer.settled"), settled),
    st.tuples(st.just("evidence.added"), photos),
    st.tuples(
        st.just("evidence.withdrawn"),
        st.fixed_dictionaries({"evidence": identity, "reason": st.just("拍错")}),
    ),
    st.tuples(st.just("result.set"), st.just(RESULT)),
    st.tuples(st.just("record.sealed"), st.just({"digest": "d" * 64, "assertion": None})),
    st.tuples(st.just("visit.reopened"), st.just({"reason": "补拍"})),
)


@given(
    st.lists(st.tuples(steps, st.sampled_from("AB")), max_size=12),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_a_fold_taken_up_again_from_its_saved_form_equals_the_whole_fold(
    story: list[tuple[tuple[str, dict[str, Any]], str]], cuts: list[bool]
) -> None:
    events: list[Any] = [
        {
            "id": f"00000000-0000-4000-8000-{number:012d}",
            "device": device,
            "seq": number + 1,
            "officer": f"officer {device}",
            "revision": number + 1,
            "kind": kind,
            "at": "2026-11-23T10:00:00+08:00",
            "body": body,
        }
        for number, ((kind, body), device) in enumerate(story)
    ]
    package: Any = PACKAGE
    folding = Folding(package)
    for event, cut in zip(events, cuts, strict=False):
        folding.feed([event])
        folding.state()
        if cut:
            folding = Folding(package, orjson.loads(orjson.dumps(folding.saved())))
    assert folding.state() == fold(package, events)


MADE_BY = {1: "b049c450e4098268"}
"""Versions and the digest of the code of reducer and snapshot, docstrings and comments left out."""


def _digest_of_the_code() -> str:
    told = []
    for module in (reducer, snapshot):
        tree = ast.parse(inspect.getsource(module))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [one for one in body if not _is_text(one)] or [ast.Pass()]  # type: ignore[attr-defined]
        told.append(ast.unparse(tree))
    return hashlib.sha256("".join(told).encode()).hexdigest()[:16]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_the_version_is_raised_when_the_reducer_changes() -> None:
    """Enter a new version with its digest; the old one's snapshots are then folded anew."""
    assert MADE_BY.get(snapshot.VERSION) == _digest_of_the_code()
