// Computes the known answers with the modules of the public verifier: vectors in, answers out.
import { readFileSync } from "node:fs";
import { assign, readOfficers, seatsOf } from "../../../frontend/verify/assignment.mjs";
import { hex, unhex, utf8 } from "../../../frontend/verify/bytes.mjs";
import * as commitment from "../../../frontend/verify/commitment.mjs";
import { cells, lineText, readTable } from "../../../frontend/verify/encoding.mjs";
import { root } from "../../../frontend/verify/merkle.mjs";
import { batchKey, redraw } from "../../../frontend/verify/replacement.mjs";
import { drawRows, lotOf, strataOf, tasksOf } from "../../../frontend/verify/selection.mjs";

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));

async function draw({ plan, pool, officers, recusals, freeze, transcript }) {
  const seed = await commitment.seedOf(transcript);
  const table = readTable(utf8(pool), "pool.tsv");
  const strata = strataOf(table, plan.strata);
  const drawn = await drawRows(seed, strata);
  const tasks = tasksOf(drawn);
  const objects = tasks.map(({ row }) => lineText(table, row).split("\t")[1]);
  const staff = readOfficers(cells(readTable(utf8(officers), "officers.tsv")));
  const pairs = new Set(recusals.split("\n"));
  const barred = (task, row) => pairs.has(`${staff[row].token}\t${objects[task]}`);
  const seats = seatsOf(
    tasks.map(({ stratum }) => strata[stratum].code),
    plan.teams,
  );
  const { who } = await assign(seed, seats, staff, barred);
  const lines = drawn.map((part) => `drawn\t${part.map(({ row }) => row).join(",")}`);
  seats.forEach(({ task, department, speciality }, seat) => {
    const token = who[seat] < 0 ? "-" : staff[who[seat]].token;
    lines.push(["seat", seat, objects[task], department, speciality, token].join("\t"));
  });
  const commits = {};
  for (const { id, text, rand } of transcript.witnesses) {
    const secret = await commitment.witnessSecret(text, unhex(rand));
    const frozen = await commitment.freezeHash(freeze);
    commits[id] = await commitment.witnessCommitment(frozen, id, secret);
  }
  return {
    seed: hex(seed),
    lot0: await lotOf(seed, 0),
    result: lines.map((line) => `${line}\n`).join(""),
    root: hex(await root(table.data, table.starts)),
    op_commit: await commitment.operatorCommitment(freeze.draw, unhex(transcript.operator)),
    commits,
  };
}

async function batch(given) {
  const officers = readOfficers(cells(readTable(utf8(given.officers), "officers.tsv")));
  const seats = given.seats.map(([task, department, speciality]) => ({
    task,
    department,
    speciality,
  }));
  const pairs = new Set(given.ineligible);
  const barred = (task, row) => pairs.has(`${officers[row].token}\t${given.tasks[task][2]}`);
  const state = { seats, officers, who: [...given.who], load: [...given.load] };
  const key = await batchKey(unhex(given.seed), 1, given.operator_link, given.supervisor_link);
  await redraw(key, given.vacated, state, barred);
  return { who: state.who, load: state.load };
}

const answers = { draws: [], redraws: [] };
for (const one of [vectors.known, ...vectors.draws]) answers.draws.push(await draw(one));
for (const one of vectors.redraws) answers.redraws.push(await batch(one));
process.stdout.write(JSON.stringify(answers));
