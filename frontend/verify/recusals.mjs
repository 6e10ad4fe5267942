/**
 * Recusals fixed row by row: one leaf for each row of the roster, at the row's place, of a salt and
 * the officers who may not go there. The public copy has the leaves of the drawn rows alone; none
 * can be left out, since a row has one leaf and no other place.
 */
import { concat, hex, keystream, unhex, utf8 } from "./bytes.mjs";
import { cells, isIncreasing, lineText, Malformed } from "./encoding.mjs";
import { root } from "./merkle.mjs";
import { findRow } from "./selection.mjs";
import { fromBytes, hashLeaf, hashNode, toBytes } from "./sha256.mjs";

const SALT = 16;

/** Refuses a bundle that has another form of the recusals than its freeze record fixes. */
export function checkFiles({ freeze, files, recusals_part: part, recusals_key: key }) {
  const byRow = freeze.recusals_root !== undefined;
  if (!byRow && (part || key)) throw new Malformed("recusals-whole");
  if (byRow && !part && !key) throw new Malformed("recusals-no-key");
  for (const [file, record] of [
    ["recusals.json", part],
    ["recusals-key.json", key],
  ]) {
    if (files.has(file) && record.draw !== freeze.draw) {
      throw new Malformed("recusals-draw", { file });
    }
  }
}

/**
 * Gives the pairs "officer TAB object" that stand against drawn rows (or all); throws Malformed.
 */
export async function recusedPairs(job) {
  const { freeze, pool, recusals_part: part, recusals_key: key } = job;
  if (part) {
    const added = job.extensions?.extensions ?? [];
    const wanted = [...job.tasks.map(({ row }) => row), ...added.flatMap(({ rows }) => rows)];
    checkRows(part, wanted);
    checkPath(part, freeze.recusals_root, pool.rows);
    return part.rows.flatMap(({ row, officers }) => {
      const object = lineText(pool, row).split("\t")[1];
      return officers.map((officer) => `${officer}\t${object}`);
    });
  }
  const pairs = cells(job.recusals);
  if (key) await checkWhole(job, unhex(key.key), pairs);
  return pairs.map((pair) => pair.join("\t"));
}

/**
 * Refuses a part that does not hold exactly the rows `wanted`, ascending, each with its officers
 * ascending: a leaf frozen in another order is the leaf of no list.
 */
function checkRows({ rows }, wanted) {
  const held = new Set(rows.map(({ row }) => row));
  const drawn = new Set(wanted);
  const least = (list) => list.reduce((a, b) => Math.min(a, b)); // any number of them
  const missing = [...drawn].filter((row) => !held.has(row));
  if (missing.length) throw new Malformed("recusals-left-out", { row: least(missing) });
  const foreign = [...held].filter((row) => !drawn.has(row));
  if (foreign.length) throw new Malformed("recusals-foreign", { row: least(foreign) });
  if (!isIncreasing(rows.map(({ row }) => row))) throw new Malformed("recusals-order");
  const mixed = rows.find(({ officers }) => !isIncreasing(officers));
  if (mixed) throw new Malformed("recusals-officers", { row: mixed.row });
}

function checkPath({ rows, path }, frozen, size) {
  if (!rows.length && !path.length) return;
  const known = new Map(
    rows.map(({ row, salt, officers }) => [row, leaf(concat(unhex(salt), officers.join(",")))]),
  );
  const found = rootFromShared(known, size, path.map(unhex));
  if (!found || hex(found) !== frozen) throw new Malformed("recusals-path");
}

/** Gives the hash of one leaf as eight words. */
function leaf(entry) {
  const words = new Int32Array(8);
  hashLeaf(entry, 0, entry.length, 0, words, 0);
  return words;
}

function node(left, right) {
  const pair = new Int32Array(16);
  pair.set(left, 0);
  pair.set(right, 8);
  const words = new Int32Array(8);
  hashNode(pair, 0, words, 0);
  return words;
}

function wordsOf(bytes) {
  const words = new Int32Array(8);
  fromBytes(bytes, words, 0);
  return words;
}

/**
 * Gives the root to which leaves (place → words) lead with the hashes of a shared path (bytes), or
 * null when the path does not fit.
 *
 * It works level by level from below, in each by ascending place; a sibling that is not known comes
 * from the path.
 */
function rootFromShared(leaves, rows, path) {
  if (!leaves.size) return null;
  for (const place of leaves.keys()) if (place >= rows) return null;
  let used = 0;
  const next = () => (used < path.length ? wordsOf(path[used++]) : null);
  let known = leaves;
  for (let size = rows; size > 1; size = Math.ceil(size / 2)) {
    known = levelAbove(known, size, next);
    if (!known) return null;
  }
  return used === path.length ? toBytes(known.get(0)) : null;
}

/**
 * Gives the level above the known hashes of a level with `size` places; null when `next` has no
 * sibling left.
 */
function levelAbove(known, size, next) {
  const above = new Map();
  for (const place of [...known.keys()].sort((a, b) => a - b)) {
    const left = place % 2 === 0;
    const beside = left ? place + 1 : place - 1;
    if (!left && known.has(beside)) continue;
    let words = known.get(place);
    if (beside < size) {
      const other = known.get(beside) ?? next();
      if (!other) return null;
      words = left ? node(words, other) : node(other, words);
    }
    above.set(Math.floor(place / 2), words);
  }
  return above;
}

/** Refuses a whole list that does not lead to the frozen root with its key. */
async function checkWhole(job, key, pairs) {
  const { freeze, pool, pause } = job;
  const away = new Map();
  for (const [officer, object] of pairs) {
    const row = findRow(job, object);
    if (row < 0) throw new Malformed("recusals-stranger", { code: object });
    away.set(row, [...(away.get(row) ?? []), officer]);
  }
  const salts = pool.rows ? await keystream(key, 0, pool.rows) : new Uint8Array();
  const { data, starts } = leavesOf(salts, away, pool.rows);
  const found = await root(data, starts, { pause });
  if (hex(found) !== freeze.recusals_root) throw new Malformed("recusals-root");
}

/** Joins all leaves, with a byte after each, as `root` takes the lines of a table. */
function leavesOf(salts, away, rows) {
  const lists = new Map([...away].map(([row, officers]) => [row, utf8(officers.join(","))]));
  const starts = new Uint32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    starts[row + 1] = starts[row] + SALT + (lists.get(row)?.length ?? 0) + 1;
  }
  const data = new Uint8Array(starts[rows]);
  for (let row = 0; row < rows; row++) {
    data.set(salts.subarray(SALT * row, SALT * row + SALT), starts[row]);
    const list = lists.get(row);
    if (list) data.set(list, starts[row] + SALT);
  }
  return { data, starts };
}
