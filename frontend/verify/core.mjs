/**
 * The verifier without a page: works in browsers, workers and Node ≥ 22. Nothing is fetched.
 *
 * - `verifyBundle(bytes, options)`: every check of a published bundle; the draw recomputed.
 * - `audit(job, code, salt)`: what became of one enterprise of a verified bundle; `openRows(job,
 *   rows)` takes the opened rows of a sealed one.
 * - `verifyRow(proof, seed, freeze)`: one enterprise checks itself with its row, its Merkle path
 *   and one AES block; for a phone without network.
 * - `verifySeat(seats, officers)`: that the officers shown are those of the seats.
 */
import { audit, openRows } from "./audit.mjs";
import { unhex, utf8 } from "./bytes.mjs";
import { CHECKS } from "./checks.mjs";
import { REHEARSAL } from "./commitment.mjs";
import { Malformed } from "./encoding.mjs";
import { rootFromPath } from "./merkle.mjs";
import { lotOf } from "./selection.mjs";
import { readZip, Unreadable } from "./zip.mjs";

const REQUIRED = [
  "freeze.json",
  "plan.json",
  "pool.tsv",
  "officers.tsv",
  "exclusions.tsv",
  "commits.json",
  "transcript.json",
  "result.tsv",
];
const OPTIONAL = /^((?:replacements|extensions)\.json|proofs\/[^/]+\.tlog-proof)$/;
const [WHOLE, PART, KEY] = ["recusals.tsv", "recusals.json", "recusals-key.json"];

/** The names of all checks, in their order. */
export const CHECK_NAMES = ["files", ...CHECKS.map(([name]) => name)];

/** Gives the files of a bundle by name; throws Unreadable. */
export async function readBundle(bytes) {
  const files = await readZip(bytes);
  const needed = files.has(PART) ? REQUIRED : [...REQUIRED, WHOLE];
  const missing = [...needed].sort().find((name) => !files.has(name));
  if (missing) throw new Unreadable("bundle-lacks", { file: missing });
  const foreign = [...files.keys()].find(
    (name) => !belongs(name, files) && !REQUIRED.includes(name) && !OPTIONAL.test(name),
  );
  if (foreign) throw new Unreadable("bundle-foreign", { file: foreign });
  return files;
}

/**
 * Gives the files of the recusals: the whole list, with its key if it is fixed row by row, or a
 * part.
 */
const belongs = (name, files) =>
  name === WHOLE || (name === PART && !files.has(WHOLE)) || (name === KEY && files.has(WHOLE));

/**
 * Checks a bundle (Uint8Array) and recomputes its draw; stops at the first check that fails.
 *
 * Options: `requireLedger`, `ledgerKey` (name+id+key), `onCheck(line)` after every check,
 * `pause()` awaited inside long work so that a page stays alive, `rootOf(data)` to compute the
 * Merkle root of pool.tsv elsewhere meanwhile (a promise of 32 bytes).
 * Result: {status: "equal" | "differs" | "unreadable", lines, failure, job}; a line is
 * {name, holds, values, code, milliseconds}.
 */
export async function verifyBundle(bytes, options = {}) {
  const { onCheck = () => {}, pause = async () => {} } = options;
  const lines = [];
  const note = (line) => {
    lines.push(line);
    onCheck(line);
    return line;
  };
  let files;
  const read = note(
    await timed("files", async () => {
      files = await readBundle(bytes);
      return { count: files.size };
    }),
  );
  if (!read.holds) return { status: "unreadable", lines, failure: read, job: null };
  const { requireLedger = false, ledgerKey = null, rootOf } = options;
  const job = { files, requireLedger, ledgerKey, pause, anchored: false };
  if (rootOf) {
    job.startRoot = (data) => {
      job.rootOfPool = rootOf(data);
      job.rootOfPool.catch(() => {});
    };
  }
  for (const [name, check] of CHECKS) {
    const line = note(await timed(name, () => check(job)));
    if (!line.holds) return { status: "differs", lines, failure: line, job };
    await pause();
  }
  job.rehearsal = job.freeze.v === REHEARSAL;
  return { status: "equal", lines, failure: null, job };
}

async function timed(name, work) {
  const began = performance.now();
  const since = () => performance.now() - began;
  try {
    const values = await work();
    return { name, holds: true, code: null, values, milliseconds: since() };
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof Unreadable)) throw error;
    const { code, values } = error;
    return { name, holds: false, code, values, milliseconds: since() };
  }
}

/**
 * Checks one enterprise by itself. `proof`: {row, line, path: [hex], rows, lot, largest_lot};
 * `seed`: hex; `freeze`: the freeze record (its pool_root, pool_rows, strata). Gives null when the
 * enterprise was drawn, else the code of what does not hold: "rows", "stratum", "root", "lot",
 * "not-drawn".
 */
export async function verifyRow(proof, seed, freeze) {
  const { row, line, rows, lot } = proof;
  if (rows !== freeze.pool_rows) return "rows";
  const stratum = freeze.strata.find(({ start, end }) => row >= start && row < end);
  if (!stratum || !line.startsWith(`${stratum.code}\t`)) return "stratum";
  const found = rootFromPath(utf8(line), row, rows, proof.path.map(unhex));
  const root = found && Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (root !== freeze.pool_root) return "root";
  if ((await lotOf(unhex(seed), row)) !== lot) return "lot";
  return lot <= proof.largest_lot ? null : "not-drawn";
}

/**
 * Tells whether each officer shown sits on the seat named. `seats`: [{no, officer}] of the task as
 * published; `officers`: [{id, seat}] as shown. Everyone on a seat must be shown, and nobody else.
 */
export function verifySeat(seats, officers) {
  const seated = new Map(
    seats.filter(({ officer }) => officer).map((one) => [one.no, one.officer]),
  );
  return (
    officers.length === seated.size && officers.every(({ id, seat }) => seated.get(seat) === id)
  );
}

export { audit, Malformed, openRows, Unreadable };
