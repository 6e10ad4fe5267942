"""Merkle trees as RFC 6962 has them, over any source of subtree hashes. Pure.

Everything here asks a function ``node(height, place)`` for the hash of the complete subtree over
leaves ``[place·2^height, (place+1)·2^height)``; whether that comes from a list or from tiles on
a disk is the caller's affair. Sizes and indices count leaves from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend.drawkit.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    node_hash,
    root_from_path,
    verify_consistency,
)

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "Frontier",
    "Node",
    "consistency_path",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "nodes_of",
    "root",
    "verify_consistency",
    "verify_inclusion",
]

Node = Callable[[int, int], bytes]

HASH_BYTES = 32


def nodes_of(hashes: Sequence[bytes]) -> Node:
    """Subtree hashes of a tree whose leaf hashes are all at hand."""

    def node(height: int, place: int) -> bytes:
        if height == 0:
            return hashes[place]
        return node_hash(node(height - 1, 2 * place), node(height - 1, 2 * place + 1))

    return node


class Frontier:
    """The root of a log that is read leaf by leaf, in memory that grows with its logarithm."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def push(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self.size += 1
        trailing = (self.size & -self.size).bit_length() - 1
        for _ in range(trailing):
            leaf = node_hash(self._peaks.pop(), leaf)
        self._peaks.append(leaf)

    def root(self) -> bytes:
        """Root of what was pushed so far."""
        if not self._peaks:
            return EMPTY_ROOT
        value = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            value = node_hash(peak, value)
        return value


def root(size: int, node: Node) -> bytes:
    """Root of the first ``size`` leaves."""
    return _range_root(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Proof that leaf ``index`` is in the tree of ``size`` leaves, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError("no such leaf in a tree of this size")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, size: int, node: Node) -> list[bytes]:
    """Proof that the tree of ``size`` leaves goes on from its first ``old`` ones.

    Empty when ``old`` is 0 or equal to ``size``.
    """
    if not 0 <= old <= size:
        raise ValueError("a log only grows")
    if old in (0, size):
        return []
    path: list[bytes] = []
    start, end, whole = 0, size, True
    while end > old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, end, node))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes
) -> bool:
    """Return True if ``path`` leads from ``leaf`` at ``index`` to the root of ``size`` leaves."""
    return root_from_path(leaf, index, size, path) == expected_root


def _range_root(start: int, end: int, node: Node) -> bytes:
    """Root over leaves ``[start, end)``; ``start`` is where RFC 6962 splits, so it is aligned."""
    count = end - start
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(count)
    return node_hash(_range_root(start, middle, node), _range_root(middle, end, node))


def _split(count: int) -> int:
    """The largest power of two below ``count``."""
    return 1 << ((count - 1).bit_length() - 1)
