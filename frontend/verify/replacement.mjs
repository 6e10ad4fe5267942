/** Replacements: a recorded re-draw of single seats. The reason never enters the key. */

import { fits, VACANT } from "./assignment.mjs";
import { hmac, keystream } from "./bytes.mjs";
import { chainStep } from "./commitment.mjs";
import { Malformed } from "./encoding.mjs";
import { compareBlocks } from "./selection.mjs";

/** Gives the key of batch `batch` (from 1); the links are hex. */
export const batchKey = (seed, batch, operatorLink, supervisorLink) =>
  hmac(seed, `redraw\n${batch}\n${operatorLink}\n${supervisorLink}`);

/** Fills the vacated seats in ascending order, changing `who` and `load` in place. */
export async function redraw(key, vacated, { seats, officers, who, load }, barred) {
  const ascending = [...vacated].sort((a, b) => a - b);
  const left = new Map(ascending.map((seat) => [seat, who[seat]]));
  for (const [seat, leaver] of left) {
    who[seat] = VACANT;
    if (leaver !== VACANT) load[leaver]--;
  }
  for (const [seat, leaver] of left) {
    const wanted = seats[seat];
    const team = new Set(who.filter((_, other) => seats[other].task === wanted.task));
    const free = (row) =>
      row !== leaver &&
      !team.has(row) &&
      fits(officers[row], wanted) &&
      load[row] - officers[row].offset < officers[row].cap &&
      !barred(wanted.task, row);
    const blocks = await keystream(key, seat * officers.length, officers.length);
    const rows = [...officers.keys()].filter(free);
    rows.sort((a, b) => load[a] - load[b] || compareBlocks(blocks, a, blocks, b));
    if (rows.length) {
      who[seat] = rows[0];
      load[rows[0]]++;
    }
  }
}

/** Runs the batch on the state and gives its entry as it must stand in replacements.json. */
export async function runBatch(state, batch) {
  const number = state.batch + 1;
  const seatNumbers = batch.vacated.map((one) => one.seat);
  await checkBatch(state, batch, number, seatNumbers);
  for (const [officer, object] of batch.recused) state.recused.add(`${officer}\t${object}`);
  const away = new Set(batch.absent);
  const barred = (task, row) => {
    const { token } = state.officers[row];
    return away.has(token) || state.recused.has(`${token}\t${state.objects[task]}`);
  };
  const before = [...state.who];
  const key = await batchKey(state.seed, number, batch.operator_link, batch.supervisor_link);
  await redraw(key, seatNumbers, state, barred);
  state.batch = number;
  state.operatorHead = batch.operator_link;
  state.supervisorHead = batch.supervisor_link;
  const token = (row) => (row === VACANT ? null : state.officers[row].token);
  const ascending = [...batch.vacated].sort((a, b) => a.seat - b.seat);
  return {
    batch: number,
    operator_link: batch.operator_link,
    supervisor_link: batch.supervisor_link,
    vacated: ascending.map(({ seat, reason }) => ({
      seat,
      left: token(before[seat]),
      reason,
      officer: token(state.who[seat]),
    })),
    recused: [...batch.recused].sort(byPair),
    absent: [...batch.absent].sort(),
  };
}

const byPair = (a, b) => {
  const [one, other] = [a.join("\t"), b.join("\t")];
  return one < other ? -1 : Number(one > other);
};

async function checkBatch(state, batch, number, seatNumbers) {
  if ((await chainStep(batch.operator_link)) !== state.operatorHead) {
    throw new Malformed("batch-operator", { number });
  }
  if ((await chainStep(batch.supervisor_link)) !== state.supervisorHead) {
    throw new Malformed("batch-supervisor", { number });
  }
  if (new Set(seatNumbers).size !== seatNumbers.length || !seatNumbers.length) {
    throw new Malformed("batch-seats", { number });
  }
  if (seatNumbers.some((seat) => seat >= state.seats.length)) {
    throw new Malformed("batch-no-seat", { number });
  }
  const known = new Set(state.officers.map((officer) => officer.token));
  const stranger = [...batch.absent, ...batch.recused.map(([officer]) => officer)].find(
    (one) => !known.has(one),
  );
  if (stranger !== undefined) throw new Malformed("batch-officer", { number, officer: stranger });
}
