/**
 * RFC 6962 Merkle trees over the lines of a table: root and audit paths.
 * `starts` are the offsets of the lines and, last, the length of the data; a line ends before its LF.
 */
import * as lanes from "./lanes.mjs";
import { fromBytes, hashLeaf, hashNode, toBytes } from "./sha256.mjs";

/** Gives the root words (Int32Array of 8) of the subtree over lines [first, last); synchronous. */
export function subtree(data, starts, first, last) {
  if (lanes.fits(starts, first, last)) return lanes.subtree(data, starts, first, last);
  return subtreeOfOne(data, starts, first, last);
}

/** Gives the same root words, computed one hash after the other. */
export function subtreeOfOne(data, starts, first, last) {
  let count = last - first;
  const level = new Int32Array(8 * count);
  for (let i = 0; i < count; i++) {
    hashLeaf(data, starts[first + i], starts[first + i + 1] - 1, 0, level, 8 * i);
  }
  while (count > 1) count = nextLevel(level, count);
  return level.slice(0, 8);
}

const scratch = new Int32Array(8);

/** Hashes pairs in place; an odd last one moves up as it is. Returns the new count. */
function nextLevel(level, count) {
  const pairs = count >> 1;
  for (let i = 0; i < pairs; i++) {
    hashNode(level, 16 * i, scratch, 0);
    level.set(scratch, 8 * i);
  }
  if (count & 1) level.copyWithin(8 * pairs, 8 * (count - 1), 8 * count);
  return pairs + (count & 1);
}

/**
 * Gives the root of the tree with these aligned subtrees, all of one power-of-two size but the
 * last.
 */
export function join(roots) {
  let count = roots.length;
  const level = new Int32Array(8 * count);
  for (const [i, root] of roots.entries()) level.set(root, 8 * i);
  while (count > 1) count = nextLevel(level, count);
  return toBytes(level);
}

/** Lines of one subtree: large enough to be worth a message, small enough to keep a page alive. */
export const SUBTREE = 1 << 14;

/**
 * Gives the root of the whole table, as bytes. `hashRange(data, starts, first, last)` gives the
 * roots of the subtrees of lines [first, last); by default they are made here, pausing between
 * them.
 */
export async function root(data, starts, { pause = async () => {}, hashRange } = {}) {
  const rows = starts.length - 1;
  if (rows === 0) return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array()));
  if (hashRange) return join(await hashRange(data, starts));
  const roots = [];
  for (let first = 0; first < rows; first += SUBTREE) {
    roots.push(subtree(data, starts, first, Math.min(rows, first + SUBTREE)));
    await pause();
  }
  return join(roots);
}

/**
 * Gives the root to which a path leads from a leaf (bytes of the entry), or null when the path
 * cannot fit.
 */
export function rootFromPath(entry, index, size, path) {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) return null;
  const pair = new Int32Array(16);
  hashLeaf(entry, 0, entry.length, 0, pair, 0);
  let position = index;
  let last = size - 1;
  for (const step of path) {
    if (last === 0 || step.length !== 32) return null;
    const right = position % 2 === 1 || position === last;
    if (right) {
      pair.copyWithin(8, 0, 8);
      fromBytes(step, pair, 0);
    } else {
      fromBytes(step, pair, 8);
    }
    hashNode(pair, 0, scratch, 0);
    pair.set(scratch, 0);
    if (right) {
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2);
        last = Math.floor(last / 2);
      }
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? toBytes(pair) : null;
}
