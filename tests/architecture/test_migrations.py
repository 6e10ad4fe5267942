"""Migrations form one line in the order of their numbers, so that the highest is the newest.

The demo's county is brought up to date when the highest number changes.
"""

from __future__ import annotations

import re
from itertools import pairwise

from backend.app.cli.demo.marker import newest_migration
from tests.architecture.source import ROOT

NAMED = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = (?:"(\d{4})"|None)$', re.MULTILINE)


def test_each_migration_follows_the_one_with_the_number_before():
    chain = []
    for path in sorted((ROOT / "migrations" / "versions").glob("[0-9]*.py")):
        named = dict(NAMED.findall(path.read_text(encoding="utf-8")))
        assert named["revision"] == path.name[:4]
        chain.append((named["revision"], named["down_revision"]))
    assert chain[0][1] == ""
    assert all(after[1] == before[0] for before, after in pairwise(chain)), chain
    assert chain[-1][0] == newest_migration()
