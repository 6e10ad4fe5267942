"""The tree against pymerkle's, and proofs against every way to spoil them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from backend.app.ledger import merkle

LEAVES = [merkle.leaf_hash(b"entry %d" % number) for number in range(300)]
NODE = merkle.nodes_of(LEAVES)


def test_roots_of_every_size_equal_those_of_pymerkle() -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for size in range(1, 300):
        oracle.append_entry(b"entry %d" % (size - 1))
        assert merkle.root(size, NODE) == oracle.get_root(), size


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root(0, NODE).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_a_frontier_gives_the_root_after_every_leaf() -> None:
    frontier = merkle.Frontier()
    assert frontier.root() == merkle.EMPTY_ROOT
    for size, leaf in enumerate(LEAVES, 1):
        frontier.push(leaf)
        assert (frontier.size, frontier.root()) == (size, merkle.root(size, NODE))


@given(st.integers(1, 300), st.data())
def test_every_entry_is_proven_and_no_other_leaf_passes(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(index, size, NODE), merkle.root(size, NODE)
    assert merkle.verify_inclusion(LEAVES[index], index, size, path, root)
    assert not merkle.verify_inclusion(LEAVES[index - 1], index, size, path, root) or size == 1
    assert not merkle.verify_inclusion(LEAVES[index], index, size, [*path, root], root)
    assert not merkle.verify_inclusion(LEAVES[index], size, size, path, root)
    if path:
        assert not merkle.verify_inclusion(LEAVES[index], index, size, path[:-1], root)
        assert not merkle.verify_inclusion(LEAVES[index], index, size, path[::-1], root) or (
            path == path[::-1]
        )


@given(st.integers(0, 300), st.data())
def test_growth_is_proven_and_a_changed_past_is_not(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, size))
    path = merkle.consistency_path(old, size, NODE)
    before, after = merkle.root(old, NODE), merkle.root(size, NODE)
    assert merkle.verify_consistency(old, size, before, after, path)
    assert not merkle.verify_consistency(old, size, before, after, [*path, before])
    other = merkle.leaf_hash(b"another past")
    if old > 0:
        assert not merkle.verify_consistency(old, size, other, after, path)
    if 0 < old < size:
        assert not merkle.verify_consistency(old, size, before, other, path)
        assert not merkle.verify_consistency(old, size, before, after, path[:-1])


@given(st.integers(1, 300), st.data())
def test_a_forged_past_fails_against_the_true_proof(size: int, data: st.DataObject) -> None:
    """Another leaf in the old tree gives another root, which no proof of the new one covers."""
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*LEAVES]
    forged[changed] = merkle.leaf_hash(b"forged")
    path = merkle.consistency_path(old, size, NODE)
    root_of_forged = merkle.root(old, merkle.nodes_of(forged))
    assert not merkle.verify_consistency(old, size, root_of_forged, merkle.root(size, NODE), path)


def test_a_log_cannot_prove_that_it_shrank() -> None:
    with pytest.raises(ValueError, match="only grows"):
        merkle.consistency_path(5, 4, NODE)
    assert not merkle.verify_consistency(5, 4, LEAVES[0], LEAVES[1], [])


def test_there_is_no_proof_for_an_entry_beyond_the_end() -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion_path(4, 4, NODE)
