/** Extensions: the next rows of the same order of a draw that was held, with seats for them. */

import { seatsOf, VACANT } from "./assignment.mjs";
import { hmac } from "./bytes.mjs";
import { lineText, Malformed } from "./encoding.mjs";
import { redraw } from "./replacement.mjs";
import { drawRows, tasksOf } from "./selection.mjs";

/** Gives the key of the officers of extension `number` (from 1). */
export const extensionKey = (seed, number) => hmac(seed, `extend\n${number}`);

/**
 * Takes the next rows and gives their entry as it must stand in extensions.json. `order`:
 * {seed, pool, teams, strata (k: rows taken so far), tasks, number}; `state`: who sits where.
 */
export async function runExtension(order, state, { more, reason }, pause) {
  const number = order.number + 1;
  check(order, more, number);
  const found = await nextRows(order, more, pause);
  const seats = await seat(order, state, found, number);
  for (const one of found) order.tasks.push(one); // any number of them
  order.number = number;
  const token = (row) => (row === VACANT ? null : state.officers[row].token);
  return {
    extension: number,
    after: state.batch,
    more,
    reason,
    rows: found.map(({ row }) => row),
    seats: seats.map((one) => ({ seat: one, officer: token(state.who[one]) })),
  };
}

function check({ strata }, more, number) {
  const codes = more.map(({ stratum }) => stratum);
  const unknown = codes.find((code) => !strata.some((part) => part.code === code));
  if (unknown !== undefined) throw new Malformed("extension-stratum", { number, code: unknown });
  if (codes.some((code, i) => i && codes[i - 1] >= code)) {
    throw new Malformed("extension-strata", { number });
  }
  for (const { stratum, n } of more) {
    const { start, end, k } = strata.find((part) => part.code === stratum);
    const left = end - start - k;
    if (n > left) throw new Malformed("extension-rows-left", { number, code: stratum, left });
  }
}

/** Gives the rows after those taken, of all strata in ascending lot, and counts them as taken. */
async function nextRows(order, more, pause) {
  const wanted = order.strata.map((part) => {
    const n = more.find(({ stratum }) => stratum === part.code)?.n ?? 0;
    return n ? { ...part, k: part.k + n } : { ...part, k: 0 };
  });
  const drawn = await drawRows(order.seed, wanted, pause);
  const fresh = drawn.map((part, place) => part.slice(order.strata[place].k));
  order.strata = order.strata.map((part, place) => (wanted[place].k ? wanted[place] : part));
  return tasksOf(fresh);
}

async function seat(order, state, found, number) {
  const base = state.objects.length;
  const codes = found.map(({ stratum }) => order.strata[stratum].code);
  const added = seatsOf(codes, order.teams).map((one) => ({ ...one, task: base + one.task }));
  const numbers = added.map((_, i) => state.seats.length + i);
  state.objects = [
    ...state.objects,
    ...found.map(({ row }) => lineText(order.pool, row).split("\t")[1]),
  ];
  state.seats = [...state.seats, ...added];
  state.who = [...state.who, ...added.map(() => VACANT)];
  const barred = (task, row) =>
    state.recused.has(`${state.officers[row].token}\t${state.objects[task]}`);
  await redraw(await extensionKey(order.seed, number), numbers, state, barred);
  return numbers;
}
