/** Which enterprises: the k rows with the smallest lots in each stratum. */
import { hex, keystream, utf8 } from "./bytes.mjs";
import { derive } from "./commitment.mjs";
import { lineText, Malformed, rowOf } from "./encoding.mjs";

const CHUNK = 1 << 18;

/** Gives k of a stratum: ceil(rows·num/den), then at least min, at most max, at most rows. */
export function quota(rows, { num, den, min, max }) {
  let count = (BigInt(rows) * BigInt(num) + BigInt(den) - 1n) / BigInt(den);
  const low = BigInt(min ?? 0);
  if (count < low) count = low;
  if (max !== null && count > BigInt(max)) count = BigInt(max);
  return Number(count < BigInt(rows) ? count : BigInt(rows));
}

/** Gives row ranges and quotas of the plan's strata, ordered by code as the pool is. */
export function strataOf(pool, rules) {
  const ranges = rangesOf(pool);
  const codes = new Set(rules.map((rule) => rule.code));
  if (codes.size !== rules.length) throw new Malformed("strata-twice");
  for (const code of ranges.keys()) {
    if (!codes.has(code)) throw new Malformed("strata-unknown", { code });
  }
  let end = 0;
  return [...rules].sort(byCode).map((rule) => {
    const [start, stop] = ranges.get(rule.code) ?? [end, end];
    end = stop;
    return { code: rule.code, start, end, k: quota(end - start, rule) };
  });
}

const byCode = (a, b) => (a.code < b.code ? -1 : Number(a.code > b.code));

/**
 * Gives the ranges of equal first columns; the table is sorted, so each end is found by halving.
 */
function rangesOf(pool) {
  const ranges = new Map();
  const codeAt = (row) => lineText(pool, row).split("\t", 1)[0];
  for (let start = 0; start < pool.rows; ) {
    const code = codeAt(start);
    let low = start;
    let high = pool.rows;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (codeAt(middle) === code) low = middle;
      else high = middle;
    }
    ranges.set(code, [start, high]);
    start = high;
  }
  return ranges;
}

/** Gives the row of an object, whatever its stratum, or −1. */
export function findRow({ pool, strata }, object) {
  for (const { code } of strata) {
    const row = rowOf(pool, utf8(`${code}\t${object}`));
    if (row >= 0) return row;
  }
  return -1;
}

/** Gives the lot of one row, as hex, which an enterprise needs to check itself. */
export async function lotOf(seed, row) {
  return hex(await keystream(await derive(seed, "objects"), row, 1));
}

/** Compares two 16-byte blocks. */
export function compareBlocks(a, i, b, j) {
  for (let n = 0; n < 16; n++) {
    const gap = a[16 * i + n] - b[16 * j + n];
    if (gap) return gap;
  }
  return 0;
}

/** Gives the k smallest [{row, lot (hex)}] of rows [start, end), ascending. */
async function smallest(key, start, end, k, pause) {
  let best = [];
  for (let first = start; first < end && k > 0; first += CHUNK) {
    const count = Math.min(CHUNK, end - first);
    const blocks = await keystream(key, first, count);
    best = merge(best, blocks, first, count, k);
    await pause();
  }
  return best.map(({ row, block }) => ({ row, lot: hex(block) }));
}

function merge(best, blocks, first, count, k) {
  const view = new DataView(blocks.buffer);
  const bound = boundOf(best, view, count, k);
  const found = best;
  for (let i = 0; i < count; i++) {
    if (view.getUint32(16 * i) <= bound) {
      found.push({ row: first + i, block: blocks.slice(16 * i, 16 * i + 16) });
    }
  }
  return found.sort((a, b) => compareBlocks(a.block, 0, b.block, 0)).slice(0, k);
}

/** Gives a bound on the first 32 bits below which at least k of these lots (or all of them) lie. */
function boundOf(best, view, count, k) {
  if (best.length >= k) return new DataView(best[k - 1].block.buffer).getUint32(0);
  if (count <= k) return 0xffffffff;
  const heads = new Uint32Array(count);
  for (let i = 0; i < count; i++) heads[i] = view.getUint32(16 * i);
  return narrow(heads, k);
}

/** Gives the first guess, doubled as often as needed, that at least k of `heads` do not exceed. */
function narrow(heads, k) {
  let bound = Math.ceil(((k + 8) / heads.length) * 2 ** 32);
  for (;;) {
    if (bound >= 0xffffffff) return 0xffffffff;
    let below = 0;
    for (const head of heads) if (head <= bound) below++;
    if (below >= k) return bound;
    bound *= 2;
  }
}

/** Gives the drawn rows of each stratum in draw order. */
export async function drawRows(seed, strata, pause = async () => {}) {
  const key = await derive(seed, "objects");
  const drawn = [];
  for (const { start, end, k } of strata) drawn.push(await smallest(key, start, end, k, pause));
  return drawn;
}

/**
 * Gives all drawn rows in ascending lot, which is the order of tasks, each with the place of its
 * stratum.
 */
export function tasksOf(drawn) {
  const all = drawn.flatMap((part, stratum) => part.map((one) => ({ ...one, stratum })));
  return all.sort((a, b) => (a.lot < b.lot ? -1 : Number(a.lot > b.lot)));
}
