/**
 * sync/1 §3: visit state = fold(package, events). Twin of backend/app/visits/reducer.py, held to it
 * by tests/vectors/sync-v1.json. No DOM, Vue, clock, randomness or fetch.
 *
 * No last writer wins: an answer is a list of candidates with distinct values. A `set` takes away
 * the heads its author saw (the one named as `base` and those before it in the same candidate), a
 * `settled` every candidate of which it names a head; what is left beside makes a dispute.
 */
import type { Answer, Candidate, FoldEvent, Note, Outcome, Package, VisitState } from "./types.ts";

interface Fold {
  points: Set<string>;
  candidates: Map<string, Candidate[]>;
  notes: Map<string, { device: string; note: Note }[]>;
  outcomes: { device: string; outcome: Outcome }[];
  withdrawn: Map<string, string>;
  state: VisitState;
}

type Of<K extends FoldEvent["kind"]> = Extract<FoldEvent, { kind: K }>;

/**
 * Gives the state after `events`, given in any order, with repetitions; quarantined ones left out.
 */
export function fold(pkg: Package, events: Iterable<FoldEvent>): VisitState {
  const acc = begin(pkg);
  const seen = new Set<string>();
  for (const event of [...events].sort(order)) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    apply(acc, event);
  }
  return finish(acc);
}

function begin(pkg: Package): Fold {
  return {
    points: new Set(pkg.items.flatMap((item) => item.checklist.points.map((p) => p.key))),
    candidates: new Map(),
    notes: new Map(),
    outcomes: [],
    withdrawn: new Map(),
    state: {
      status: "assigned",
      started_at: null,
      answers: {},
      evidence: {},
      result: null,
      party: null,
      seal: null,
      round: 0,
      previous: null,
    },
  };
}

/** Orders events by revision (unknown last), then device, then seq. */
function order(a: FoldEvent, b: FoldEvent): number {
  const revisions =
    (a.revision ?? Number.MAX_SAFE_INTEGER) - (b.revision ?? Number.MAX_SAFE_INTEGER);
  if (revisions !== 0) return revisions;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return a.seq - b.seq;
}

function apply(acc: Fold, event: FoldEvent): void {
  const { state } = acc;
  if (event.kind === "visit.reopened") {
    reopen(state);
  } else if (state.seal === null) {
    if (event.kind === "record.sealed") {
      state.status = "handed_in";
      state.seal = { event: event.id, digest: event.body.digest, officer: event.officer };
    } else if (work(acc, event)) {
      state.started_at ??= event.at;
      state.status = "under_way";
    }
  }
}

function reopen(state: VisitState): void {
  if (state.seal === null) return;
  state.previous = state.seal.digest;
  state.round += 1;
  state.seal = null;
  state.status = "under_way";
}

/** Applies an event of the officers' work; false when it is of no such kind. */
function work(acc: Fold, event: FoldEvent): boolean {
  switch (event.kind) {
    case "visit.started":
      break;
    case "answer.set":
      answerSet(acc, event);
      break;
    case "answer.settled":
      answerSettled(acc, event);
      break;
    case "evidence.added":
      evidenceAdded(acc, event);
      break;
    case "evidence.withdrawn":
      if (!acc.withdrawn.has(event.body.evidence))
        acc.withdrawn.set(event.body.evidence, event.body.reason);
      break;
    case "party.signed":
      acc.state.party = { signed: event.body.evidence };
      break;
    case "party.refused":
      acc.state.party = { refused: event.body.reason, witness: event.body.witness ?? null };
      break;
    case "result.set":
      resultSet(acc, event);
      break;
    default:
      return false;
  }
  return true;
}

function answerSet(acc: Fold, event: Of<"answer.set">): void {
  const { point, base } = event.body;
  if (!acc.points.has(point)) return;
  const standing = (acc.candidates.get(point) ?? [])
    .map((candidate) => withoutSeen(candidate, base ?? null))
    .filter((candidate) => candidate !== null);
  acc.candidates.set(point, beside(standing, event, event.body.note || null));
  writeNote(acc, event);
}

/**
 * Gives a candidate without the heads that the author of the event saw (`seen`); heads added later
 * stand.
 */
function withoutSeen(candidate: Candidate, seen: string | null): Candidate | null {
  const index = seen === null ? -1 : candidate.heads.indexOf(seen);
  if (index < 0) return candidate;
  const later = candidate.heads.slice(index + 1);
  return later.length > 0 ? { ...candidate, heads: later } : null;
}

function answerSettled(acc: Fold, event: Of<"answer.settled">): void {
  const { point } = event.body;
  if (!acc.points.has(point)) return;
  const named = new Set(event.body.of);
  const standing = (acc.candidates.get(point) ?? []).filter(
    (candidate) => !candidate.heads.some((head) => named.has(head)),
  );
  acc.candidates.set(point, beside(standing, event, null));
}

/**
 * Gives the candidates that still stand, with the event's value; equal values share one candidate.
 */
function beside(
  standing: Candidate[],
  event: Of<"answer.set"> | Of<"answer.settled">,
  note: string | null,
): Candidate[] {
  const { value } = event.body;
  if (standing.some((candidate) => candidate.value === value)) {
    return standing.map((candidate) =>
      candidate.value === value
        ? { ...candidate, heads: [...candidate.heads, event.id] }
        : candidate,
    );
  }
  return [...standing, { value, heads: [event.id], by: event.officer, at: event.at, note }];
}

/** Takes a note: a device replaces its own, and notes of other devices stay beside it. */
function writeNote(acc: Fold, event: Of<"answer.set">): void {
  const { point, note } = event.body;
  const kept = (acc.notes.get(point) ?? []).filter((entry) => entry.device !== event.device);
  if (note) {
    const written = { event: event.id, officer: event.officer, note };
    kept.push({ device: event.device, note: written });
  }
  acc.notes.set(point, kept);
}

function evidenceAdded(acc: Fold, event: Of<"evidence.added">): void {
  const { evidence: id, ...body } = event.body;
  if (id in acc.state.evidence) return;
  acc.state.evidence[id] = {
    id,
    point: body.point ?? null,
    sha256: body.sha256,
    size: body.size,
    mime: body.mime,
    source: body.source,
    captured_at: body.captured_at,
    position: body.position ?? null,
    withdrawn: null,
    officer: event.officer,
  };
}

/**
 * Takes a result: it replaces those it names in `of` and this device's own; others stay beside it.
 */
function resultSet(acc: Fold, event: Of<"result.set">): void {
  const named = new Set(event.body.of ?? []);
  const outcome: Outcome = {
    category: event.body.category,
    follow_up: event.body.follow_up,
    event: event.id,
    officer: event.officer,
    at: event.at,
  };
  acc.outcomes = acc.outcomes.filter(
    (standing) =>
      standing.device !== event.device &&
      !named.has(standing.outcome.event) &&
      !sameOutcome(standing.outcome, outcome),
  );
  acc.outcomes.push({ device: event.device, outcome });
}

function sameOutcome(one: Outcome, other: Outcome): boolean {
  return (
    one.category.system === other.category.system &&
    one.category.code === other.category.code &&
    one.category.label === other.category.label &&
    one.follow_up.code === other.follow_up.code &&
    one.follow_up.date === other.follow_up.date &&
    one.follow_up.note === other.follow_up.note
  );
}

function finish(acc: Fold): VisitState {
  const { state } = acc;
  for (const [point, candidates] of acc.candidates) {
    const notes = (acc.notes.get(point) ?? []).map((entry) => entry.note);
    state.answers[point] = answer(candidates, notes);
  }
  for (const [id, reason] of acc.withdrawn) {
    const evidence = state.evidence[id];
    if (evidence !== undefined) evidence.withdrawn = reason;
  }
  const outcomes = acc.outcomes.map((entry) => entry.outcome);
  const last = outcomes.at(-1);
  state.result = last === undefined ? null : { ...last, rivals: outcomes.slice(0, -1) };
  return state;
}

function answer(candidates: Candidate[], notes: Note[]): Answer {
  const [only, ...others] = candidates;
  if (only === undefined || others.length > 0) return { kind: "disputed", candidates, notes };
  const { value, heads, by, at } = only;
  return { kind: "settled", value, heads, notes, by, at };
}
