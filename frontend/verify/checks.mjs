/**
 * The checks of a bundle in the order in which they run, under the names of drawkit's checks.py.
 * A check gives the values of its sentence, or throws Malformed with those of the failure.
 */

import { assign, readOfficers, seatsOf, VACANT } from "./assignment.mjs";
import { hex, same, sha256Hex, unhex, utf8 } from "./bytes.mjs";
import * as commitment from "./commitment.mjs";
import {
  canonical,
  cells,
  findRepeat,
  isIncreasing,
  lineText,
  Malformed,
  parseCanonical,
  readTable,
} from "./encoding.mjs";
import { extensions, replacements } from "./later.mjs";
import { root } from "./merkle.mjs";
import { checkFiles, recusedPairs } from "./recusals.mjs";
import { drawRows, strataOf, tasksOf } from "./selection.mjs";
import * as shape from "./shape.mjs";
import { proofOf } from "./tlog.mjs";

const JSON_FILES = ["freeze", "plan", "commits", "transcript"];
/** Each optional JSON file: its name, the job's property that keeps it, the fields it must have. */
const OPTIONAL_FILES = [
  ["replacements.json", "replacements", shape.REPLACEMENTS],
  ["extensions.json", "extensions", shape.EXTENSIONS],
  ["recusals.json", "recusals_part", shape.RECUSALS],
  ["recusals-key.json", "recusals_key", shape.RECUSALS_KEY],
];
const TABLE_FILES = ["pool", "officers", "recusals", "exclusions"];

function form(job) {
  job.startRoot?.(job.files.get("pool.tsv"));
  for (const name of JSON_FILES) {
    job[name] = parseCanonical(job.files.get(`${name}.json`), `${name}.json`);
  }
  for (const [file, name] of OPTIONAL_FILES) {
    if (job.files.has(file)) job[name] = parseCanonical(job.files.get(file), file);
  }
  for (const name of TABLE_FILES) {
    const bytes = job.files.get(`${name}.tsv`);
    if (bytes) job[name] = readTable(bytes, `${name}.tsv`);
  }
  return {};
}

function fields(job) {
  const { freeze, plan, commits, transcript, files } = job;
  shape.checkFields("freeze.json", freeze, shape.freezeFields(freeze));
  shape.checkFields("plan.json", plan, shape.PLAN, { more: true });
  shape.checkFields("transcript.json", transcript, shape.TRANSCRIPT);
  shape.checkCommits(commits);
  const records = { "plan.json": plan, "transcript.json": transcript };
  for (const [file, name, known] of OPTIONAL_FILES) {
    if (!files.has(file)) continue;
    shape.checkFields(file, job[name], known);
    records[file] = job[name];
  }
  for (const [file, { v }] of Object.entries(records)) {
    if (v !== freeze.v) throw new Malformed("version", { file });
  }
  const { draw } = freeze;
  if (!draw.startsWith(`${plan.authority}-`) || !draw.endsWith(`-${plan.seq}`)) {
    throw new Malformed("draw-id");
  }
  checkFiles(job);
  return { draw, version: freeze.v };
}

async function hashes({ freeze, plan, files }) {
  const found = { "plan.json": await sha256Hex(canonical(plan)) };
  const byRow = freeze.recusals_root !== undefined;
  for (const name of TABLE_FILES) {
    if (byRow && name === "recusals") continue;
    found[`${name}.tsv`] = await sha256Hex(files.get(`${name}.tsv`));
  }
  for (const [file, value] of Object.entries(found)) {
    if (freeze[`${file.split(".")[0]}_sha256`] !== value) throw new Malformed("hash", { file });
  }
  return { byRow };
}

async function roster(job) {
  const { freeze, pool, exclusions } = job;
  if (freeze.pool_rows !== pool.rows) throw new Malformed("rows");
  job.staff = readOfficers(cells(job.officers));
  if (freeze.strata.length > 1 && findRepeat(pool) >= 0) throw new Malformed("enterprise-twice");
  checkExcluded(pool, exclusions);
  const ids = new Set(job.staff.map((officer) => officer.token));
  if (ids.size !== job.staff.length) throw new Malformed("officer-twice");
  if (job.rootOfPool) beginLots(job);
  const found = await (job.rootOfPool ?? root(pool.data, pool.starts, { pause: job.pause }));
  if (freeze.pool_root !== hex(found)) throw new Malformed("root");
  return { rows: pool.rows };
}

/** Begins the lots while workers still hash. Nothing trusts them before every check has held. */
function beginLots(job) {
  const begun = async () =>
    drawRows(await commitment.seedOf(job.transcript), strataOf(job.pool, job.plan.strata));
  job.begunLots = begun();
  job.begunLots.catch(() => {});
}

/** Refuses an enterprise that is in the roster and excluded by a rule. */
function checkExcluded(pool, exclusions) {
  const excluded = new Set(cells(exclusions).map(([code]) => code));
  if (!excluded.size) return;
  const quick = new Set([...excluded].map(quickHash));
  for (let row = 0; row < pool.rows; row++) {
    if (!quick.has(pool.hashes[row])) continue;
    const code = lineText(pool, row).split("\t")[1];
    if (excluded.has(code)) throw new Malformed("excluded", { code });
  }
}

/** Gives the quick hash that readTable keeps of a line's last column. */
function quickHash(token) {
  let hash = 0x811c9dc5 | 0;
  for (const byte of utf8(token)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function quotas(job) {
  const { freeze, plan, pool } = job;
  job.strata = strataOf(pool, plan.strata);
  const frozen = new Map(freeze.strata.map((part) => [part.code, part]));
  for (const { code, start, end, k } of job.strata) {
    const said = frozen.get(code);
    if (!said || said.start !== start || said.end !== end) throw new Malformed("strata", { code });
    if (said.k !== k) throw new Malformed("quota", { code, said: said.k, k });
  }
  const codes = (parts) => parts.map((part) => part.code).join("\t");
  if (codes(freeze.strata) !== codes(job.strata)) throw new Malformed("strata-other");
  checkTeams(plan);
  return { strata: job.strata.length, drawn: job.strata.reduce((sum, { k }) => sum + k, 0) };
}

function checkTeams({ teams, strata }) {
  for (const [code, team] of Object.entries(teams)) {
    if (team.reduce((sum, { n }) => sum + n, 0) < 2) throw new Malformed("team-small", { code });
  }
  for (const { code } of strata) {
    if (!Object.hasOwn(teams, code) && !Object.hasOwn(teams, "*")) {
      throw new Malformed("team-none", { code });
    }
  }
}

async function binding(job) {
  job.frozen = await commitment.freezeHash(job.freeze);
  if (job.transcript.freeze !== hex(job.frozen)) throw new Malformed("other-freeze");
  if (job.transcript.draw !== job.freeze.draw) throw new Malformed("other-draw");
  return {};
}

async function operator({ freeze, transcript }) {
  const made = await commitment.operatorCommitment(freeze.draw, unhex(transcript.operator));
  if (made !== freeze.op_commit) throw new Malformed("operator");
  return {};
}

function witnesses({ freeze, commits, transcript }) {
  const invited = freeze.witnesses;
  const closed = Object.keys(commits).sort();
  if (!isIncreasing(invited)) throw new Malformed("witness-order");
  if (freeze.quorum < 1) throw new Malformed("quorum-none");
  if (closed.length < freeze.quorum) {
    throw new Malformed("quorum", { count: closed.length, quorum: freeze.quorum });
  }
  const stranger = closed.find((witness) => !invited.includes(witness));
  if (stranger !== undefined) throw new Malformed("stranger", { witness: stranger });
  const revealed = transcript.witnesses.map((one) => one.id);
  if (revealed.join("\t") !== closed.join("\t")) throw new Malformed("witness-list");
  return { count: revealed.length, quorum: freeze.quorum };
}

async function commitments({ frozen, commits, transcript }) {
  for (const { id, text: words, rand } of transcript.witnesses) {
    const secret = await commitment.witnessSecret(words, unhex(rand));
    if ((await commitment.witnessCommitment(frozen, id, secret)) !== commits[id]) {
      throw new Malformed("commitment", { witness: id });
    }
  }
  return {};
}

function publicSource({ freeze, transcript }) {
  const { type } = freeze.public;
  if (transcript.public.type !== type) throw new Malformed("public-kind");
  const rounds = [transcript.beacon, freeze.beacon].map((beacon) => JSON.stringify(beacon));
  if (rounds[0] !== rounds[1]) throw new Malformed("beacon-round");
  if ((type === "beacon") !== (freeze.beacon !== null)) throw new Malformed("beacon-none");
  return { type, none: type === "none" };
}

/**
 * Checks that all steps stand in one ledger in their order, each with its proof, or that the bundle
 * has no proofs.
 */
async function ledger(job) {
  const steps = [...filesOfTheDraw(job), ...stepsAfterwards(job)];
  const known = new Set(steps.map((step) => step.name));
  const enclosed = [...job.files.keys()].filter((name) => name.startsWith("proofs/"));
  const stray = enclosed.find((name) => !known.has(name));
  if (stray) throw new Malformed("proof-stray", { file: stray });
  if (!enclosed.length) {
    if (job.requireLedger) throw new Malformed("ledger-none");
    return { none: true };
  }
  const proofs = [];
  for (const { name, file, type, content } of steps) {
    if (!job.files.has(name)) throw new Malformed("proof-missing", { file });
    proofs.push(await proofOf(job, name, type, content));
  }
  const places = proofs.map((proof) => proof.index);
  if (!isIncreasing(places.slice(0, 4))) throw new Malformed("ledger-order");
  if (!isIncreasing(places.slice(3))) throw new Malformed("ledger-order-later");
  const [{ origin, index: first }] = proofs;
  if (proofs.some((proof) => proof.origin !== origin)) throw new Malformed("ledger-other");
  const roots = new Map(proofs.map(({ size, root }) => [size, root]));
  const forked = proofs.some(({ size, root }) => !same(root, roots.get(size)));
  if (forked) throw new Malformed("ledger-forked");
  job.anchored = true;
  return { first, last: proofs.at(-1).index, origin, signed: Boolean(job.ledgerKey) };
}

function filesOfTheDraw(job) {
  return [
    ["freeze", "freeze.json", "draw.frozen"],
    ["commits", "commits.json", "draw.commits"],
    ["transcript", "transcript.json", "draw.transcript"],
    ["result", "result.tsv", "draw.result"],
  ].map(([key, file, type]) => {
    return { name: `proofs/${key}.tlog-proof`, file, type, content: job.files.get(file) };
  });
}

/**
 * Gives batches and extensions in the order in which they followed each other, an extension after
 * its batch.
 */
function stepsAfterwards(job) {
  const step = (key, type, entry, after) => {
    const content = canonical(entry);
    return { name: `proofs/${key}.tlog-proof`, file: key, type, content, after };
  };
  const batches = job.replacements?.batches ?? [];
  const added = job.extensions?.extensions ?? [];
  return [
    ...batches.map((one, n) => step(`replacement-${n + 1}`, "draw.replacement", one, n + 1)),
    ...added.map((one, n) => step(`extension-${n + 1}`, "draw.extended", one, one.after)),
  ].sort((a, b) => a.after - b.after);
}

async function enterprises(job) {
  job.seed = await commitment.seedOf(job.transcript);
  job.drawn = await (job.begunLots ?? drawRows(job.seed, job.strata, job.pause));
  job.tasks = tasksOf(job.drawn);
  job.objects = job.tasks.map(({ row }) => lineText(job.pool, row).split("\t")[1]);
  job.drawnLines = job.drawn.map((part) => `drawn\t${part.map(({ row }) => row).join(",")}`);
  const said = linesOf(job.files.get("result.tsv"), "drawn\t");
  job.drawnLines.forEach((line, i) => {
    if (line !== said[i]) throw new Malformed("drawn", { code: job.strata[i].code });
  });
  return { count: job.tasks.length };
}

async function recusals(job) {
  job.recused = new Set(await recusedPairs(job));
  const { size: count } = job.recused;
  const form = (job.recusals_part && "part") || (job.recusals_key && "whole") || "file";
  return { count, form };
}

async function officers(job) {
  const codes = job.tasks.map(({ stratum }) => job.strata[stratum].code);
  job.seats = seatsOf(codes, job.plan.teams);
  const barred = (task, row) => job.recused.has(`${job.staff[row].token}\t${job.objects[task]}`);
  const { who, load } = await assign(job.seed, job.seats, job.staff, barred, job.pause);
  job.who = who;
  job.load = load;
  job.seatLines = job.seats.map(({ task, department, speciality }, seat) => {
    const token = who[seat] === VACANT ? "-" : job.staff[who[seat]].token;
    return ["seat", seat, job.objects[task], department, speciality, token].join("\t");
  });
  const said = linesOf(job.files.get("result.tsv"), "seat\t");
  job.seatLines.forEach((line, seat) => {
    if (line !== said[seat]) throw new Malformed("seat", { seat });
  });
  job.vacant = who.filter((row) => row === VACANT).length;
  return { seats: job.seats.length, vacant: job.vacant };
}

function result(job) {
  const made = [...job.drawnLines, ...job.seatLines].map((line) => `${line}\n`).join("");
  if (!same(utf8(made), job.files.get("result.tsv"))) throw new Malformed("result");
  return {};
}

/** [name, check] in their order. */
export const CHECKS = Object.entries({
  form,
  fields,
  hashes,
  roster,
  quotas,
  binding,
  operator,
  witnesses,
  commitments,
  public: publicSource,
  ledger,
  enterprises,
  recusals,
  officers,
  result,
  replacements,
  extensions,
});

/** Gives the lines of result.tsv of one kind, as bytes, since they need not be text. */
const linesOf = (bytes, kind) =>
  new TextDecoder("latin1")
    .decode(bytes)
    .split("\n")
    .filter((line) => line.startsWith(kind));
