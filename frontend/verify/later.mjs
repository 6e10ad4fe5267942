/**
 * The checks of what came after the draw, under the names of drawkit's later.py: batches of
 * replacements, and extensions between them, replayed together.
 */
import { same } from "./bytes.mjs";
import { canonical, Malformed } from "./encoding.mjs";
import { runExtension } from "./extension.mjs";
import { runBatch } from "./replacement.mjs";

/**
 * Checks that every batch follows from its links and every extension from the seed, each at its
 * place.
 */
export async function replacements(job) {
  for (const [file, code] of [
    ["replacements", "batch-draw"],
    ["extensions", "extension-draw"],
  ]) {
    if (job[file] && job[file].draw !== job.freeze.draw) throw new Malformed(code);
  }
  const { order, state } = startOf(job);
  const batches = job.replacements?.batches ?? [];
  const waiting = [...(job.extensions?.extensions ?? [])];
  for (let place = 0; place <= batches.length; place++) {
    while (waiting[0]?.after === place) await extend(job, order, state, waiting.shift());
    if (place < batches.length) await replay(state, batches[place]);
  }
  if (waiting.length) throw new Malformed("extension-place");
  job.drawnTasks = job.tasks.length;
  job.extended = order.number;
  job.tasks = order.tasks;
  job.objects = state.objects;
  job.seats = state.seats;
  job.who = state.who;
  return state.batch ? { batches: state.batch, loose: !job.anchored } : { none: true };
}

function startOf(job) {
  const { seed, pool, strata, plan, freeze } = job;
  return {
    order: { seed, pool, strata, teams: plan.teams, tasks: [...job.tasks], number: 0 },
    state: {
      seed,
      seats: job.seats,
      officers: job.staff,
      objects: job.objects,
      who: [...job.who],
      load: [...job.load],
      recused: new Set(job.recused),
      operatorHead: freeze.op_chain,
      supervisorHead: freeze.sup_chain,
      batch: 0,
    },
  };
}

/** Gives the values for the sentence about the extensions. */
export function extensions({ extended, tasks, drawnTasks, anchored }) {
  if (!extended) return { none: true };
  return { count: extended, added: tasks.length - drawnTasks, loose: !anchored };
}

async function replay(state, batch) {
  const made = await runBatch(state, batch);
  const number = made.batch;
  made.vacated.forEach((expected, i) => {
    if (!same(canonical(expected), canonical(batch.vacated[i]))) {
      throw new Malformed("batch-seat", { number, seat: expected.seat });
    }
  });
  if (!same(canonical(made), canonical(batch))) throw new Malformed("batch-order", { number });
}

async function extend(job, order, state, entry) {
  const made = await runExtension(order, state, entry, job.pause);
  const number = made.extension;
  const alike = (field) => same(canonical({ is: made[field] }), canonical({ is: entry[field] }));
  if (!alike("rows")) throw new Malformed("extension-rows", { number });
  if (!alike("seats")) throw new Malformed("extension-seats", { number });
  if (!same(canonical(made), canonical(entry))) throw new Malformed("extension-order", { number });
}
