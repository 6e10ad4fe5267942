/** record/1 §1: the record that is handed in. Twin of backend/app/visits/record.py. */
import { jcs } from "./events.ts";
import { visible } from "./rules.ts";
import { sha256 } from "./sha256.ts";
import type { Package, PackageItem, VisitState } from "./types.ts";

/** Gives the record as it stands: visible answers, standing evidence, result. */
export function record(pkg: Package, state: VisitState) {
  const shown = new Set(visible(pkg, state));
  const { draw, enterprise, officers } = pkg;
  return {
    v: "evenhand-record/1",
    visit: pkg.visit,
    revision: state.round + 1,
    previous: state.previous,
    draw: {
      id: draw.number,
      freeze: draw.freeze_sha256,
      row: draw.row,
      lot: draw.lot,
      seats: draw.seats,
    },
    enterprise: { code: enterprise.code, name: enterprise.name },
    officers: officers.map(({ id, name, certificate, seat }) => ({ id, name, certificate, seat })),
    challenge: pkg.challenge,
    checkpoint: null,
    checklists: pkg.items.map((item) => checklist(item, state, shown)),
    result: state.result?.category ?? null,
    follow_up: state.result?.follow_up ?? null,
    party: state.party,
    evidence: standing(state).map(({ id, sha256, size, mime, source, captured_at, position }) => ({
      id,
      sha256,
      size,
      mime,
      source,
      captured_at,
      position,
    })),
    started_at: state.started_at,
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function standing(state: VisitState) {
  return Object.values(state.evidence)
    .filter((e) => e.withdrawn === null)
    .sort((a, b) => byText(a.id, b.id));
}

function checklist(item: PackageItem, state: VisitState, shown: Set<string>) {
  const answers = item.checklist.points.flatMap(({ key }) => {
    const answer = shown.has(key) ? state.answers[key] : undefined;
    if (answer?.kind !== "settled" || answer.value === null) return [];
    const notes = [...answer.notes].sort((a, b) => byText(a.event, b.event));
    const hashes = standing(state)
      .filter((e) => e.point === key)
      .map((e) => e.sha256);
    return {
      point: key,
      value: answer.value,
      note: notes.length > 0 ? notes.map((n) => n.note).join("\n") : null,
      evidence: hashes.sort(byText),
    };
  });
  return { item: item.code, checklist: item.checklist.hash, answers };
}

/** Gives SHA-256 of the JCS of a record, lower-case hex. */
export function recordDigest(body: ReturnType<typeof record>): string {
  return sha256(jcs(body));
}

/** Gives the first ten hex digits in two groups, as both phones and the slip show them. */
export function shortCode(digest: string): string {
  return `${digest.slice(0, 5)} ${digest.slice(5, 10)}`;
}
