"""RFC 6962 Merkle trees over lists of byte strings: root, path, check of a path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash of one leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def _next_level(level: list[bytes]) -> list[bytes]:
    pairs = zip(level[::2], level[1::2], strict=False)
    above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) % 2:
        above.append(level[-1])
    return above


def root(entries: Sequence[bytes]) -> bytes:
    """Root of the tree over ``entries``; of none, the hash of nothing."""
    if not entries:
        return EMPTY_ROOT
    level = [sha256(b"\x00" + entry).digest() for entry in entries]
    while len(level) > 1:
        level = _next_level(level)
    return level[0]


def path(entries: Sequence[bytes], index: int) -> list[bytes]:
    """Audit path of leaf ``index``, from the leaf upwards. IndexError outside the list."""
    if not 0 <= index < len(entries):
        raise IndexError(index)
    return paths(entries, [index])[index]


def paths(entries: Sequence[bytes], indexes: Sequence[int]) -> dict[int, list[bytes]]:
    """Audit paths of several leaves at the cost of one tree."""
    level = [leaf_hash(entry) for entry in entries]
    found: dict[int, list[bytes]] = {index: [] for index in indexes}
    place = {index: index for index in indexes}
    while len(level) > 1:
        for index, position in place.items():
            sibling = position ^ 1
            if sibling < len(level):
                found[index].append(level[sibling])
            place[index] = position // 2
        level = _next_level(level)
    return found


def root_from_path(leaf: bytes, index: int, size: int, audit_path: Sequence[bytes]) -> bytes | None:
    """Root that ``audit_path`` leads to from a leaf hash, or None when it cannot fit the size."""
    if not 0 <= index < size:
        return None
    node, position, last = leaf, index, size - 1
    steps = iter(audit_path)
    for sibling in steps:
        if last == 0:
            return None
        if position % 2:
            node = node_hash(sibling, node)
        else:
            while position == last and position % 2 == 0 and last:
                position, last = position // 2, last // 2
            node = node_hash(sibling, node) if position % 2 else node_hash(node, sibling)
        position, last = position // 2, last // 2
    while last and position == last and position % 2 == 0:
        position, last = position // 2, last // 2
    return node if last == 0 else None


def shared_path(entries: Sequence[bytes], indexes: Sequence[int]) -> list[bytes]:
    """The hashes that lead from several leaves together to the root: level by level from below,
    in each by ascending place, the siblings that do not follow from the leaves themselves."""
    level = [leaf_hash(entry) for entry in entries]
    known, made = sorted(set(indexes)), list[bytes]()
    while len(level) > 1 and known:
        there = set(known)
        siblings = (place ^ 1 for place in known)
        made += [level[one] for one in siblings if one < len(level) and one not in there]
        known = sorted({place // 2 for place in known})
        level = _next_level(level)
    return made


def root_from_shared(leaves: Mapping[int, bytes], size: int, path: Sequence[bytes]) -> bytes | None:
    """Root that a shared path leads to from leaf hashes by place, or None when it cannot fit."""
    if not leaves or min(leaves) < 0 or max(leaves) >= size:
        return None
    known, steps = dict(leaves), iter(path)
    while size > 1:
        above: dict[int, bytes] = {}
        for place in sorted(known):
            if place % 2 and place - 1 in known:
                continue
            if place ^ 1 >= size:
                above[place // 2] = known[place]
                continue
            other = known[place ^ 1] if place ^ 1 in known else next(steps, None)
            if other is None:
                return None
            pair = (other, known[place]) if place % 2 else (known[place], other)
            above[place // 2] = node_hash(*pair)
        known, size = above, (size + 1) // 2
    return known[0] if next(steps, None) is None else None


def verify_consistency(
    old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Return True if ``path`` shows that the first ``old`` of ``size`` leaves are unchanged."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    return bool(steps) and _roots_from(steps, old, size) == (old_root, new_root)


def _roots_from(steps: list[bytes], old: int, size: int) -> tuple[bytes, bytes] | None:
    """Return the old and the new root of a consistency proof, or None if it is malformed."""
    place, last = old - 1, size - 1
    while place % 2 == 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return None
        if place % 2 == 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while place % 2 == 0 and place != 0:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None
