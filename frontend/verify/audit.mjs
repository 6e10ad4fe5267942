/**
 * What became of one enterprise of a verified bundle; in a sealed draw with the salt that opens its
 * row, typed in or published with the result of its visit.
 */

import { VACANT } from "./assignment.mjs";
import { unhex, utf8 } from "./bytes.mjs";
import { sealedObject } from "./commitment.mjs";
import { lineText, rowOf } from "./encoding.mjs";
import { findRow, lotOf } from "./selection.mjs";

const SALT = /^[0-9a-f]{64}$/;

/**
 * Gives the enterprise's row, lot and officers as {row, rows, stratum, lot, largest, number, later,
 * officers}, or {why} when there is no such row: "absent", "sealed" (its salt is needed),
 * "salt-form" (a salt has 64 hex digits), "salt" (code and salt lead to no row). In a sealed draw
 * `code` is the sealed code, or the enterprise's own, whose `salt` (hex) need not be given when
 * `openRows` has seen it.
 */
export async function audit(job, code, salt = null) {
  const sealed = job.plan.mode === "sealed";
  const known = salt || (sealed && job.salts?.get(code)) || null;
  const plain = findRow(job, code);
  if (plain < 0 && known && !SALT.test(known)) return { why: "salt-form" };
  const row = plain < 0 && sealed && known ? await findSealed(job, code, known) : plain;
  if (row >= 0) return found(job, row);
  if (!sealed) return { why: "absent" };
  return { why: known ? "salt" : "sealed" };
}

async function found(job, row) {
  const place = job.strata.findIndex(({ start, end }) => row >= start && row < end);
  const task = job.tasks.findIndex((one) => one.row === row);
  const officers = job.seats.flatMap((seat, number) => {
    if (seat.task !== task) return [];
    return [job.who[number] === VACANT ? null : job.staff[job.who[number]].token];
  });
  return {
    row,
    rows: job.pool.rows,
    stratum: job.strata[place],
    lot: await lotOf(job.seed, row),
    largest: job.drawn[place].at(-1)?.lot ?? null,
    number: task < 0 ? null : task + 1,
    later: task >= job.drawnTasks,
    officers,
  };
}

async function findSealed({ pool, strata }, code, salt) {
  for (const { code: stratum } of strata) {
    const object = await sealedObject(stratum, code, unhex(salt));
    const row = rowOf(pool, utf8(`${stratum}\t${object}`));
    if (row >= 0) return row;
  }
  return -1;
}

/**
 * Takes the rows of a sealed draw that were opened elsewhere, [{row, stratum, code, salt}], and
 * keeps the salts of those that fit the roster. Gives {codes: {row: code}, wrong}: what each fitting
 * row is, and how many do not fit.
 */
export async function openRows(job, rows) {
  const codes = {};
  let wrong = 0;
  job.salts = new Map();
  for (const one of rows) {
    const { row, stratum, code, salt } = one ?? {};
    if (await fits(job.pool, row, stratum, code, salt)) {
      codes[row] = code;
      job.salts.set(code, salt);
    } else {
      wrong++;
    }
  }
  return { codes, wrong };
}

async function fits(pool, row, stratum, code, salt) {
  if (!(Number.isSafeInteger(row) && row >= 0 && row < pool.rows)) return false;
  if (!SALT.test(String(salt))) return false;
  return lineText(pool, row) === `${stratum}\t${await sealedObject(stratum, code, unhex(salt))}`;
}
