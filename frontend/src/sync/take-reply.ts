/** Takes one reply of /api/v1/sync into the database, whole or not at all. */
import type { PulledEvent, PulledVisit, SyncReply } from "../api/shapes.ts";
import { fold } from "../core/reducer.ts";
import { progress } from "../core/rules.ts";
import type { Package } from "../core/types.ts";
import type { Change } from "../data/change.ts";
import type { AccountDb } from "../data/db.ts";
import { allEvents, event, putEvent, unsent, withReceipt } from "../data/events.ts";
import { allEvidence, putEvidence } from "../data/evidence.ts";
import { fact, putFact } from "../data/facts.ts";
import { keepReceipts } from "../data/receipts.ts";
import type { EventRow, Receipt, VisitRow } from "../data/rows.ts";
import { putVisit, refold, visit, visits } from "../data/visits.ts";

/** Writes receipts, packages and others' events; `more` while events still wait for a receipt. */
export async function takeReply(
  db: AccountDb,
  device: string,
  sent: EventRow[],
  reply: SyncReply,
): Promise<{ visits: string[]; more: boolean }> {
  return db.change(async (change) => {
    await takeEpoch(change, reply.epoch);
    takeLimit(change, reply);
    const changed = new Set([
      ...(await takeReceipts(change, sent, reply)),
      ...(await takeVisits(change, device, reply.visits)),
      ...(await releaseAll(change, reply)),
    ]);
    await refoldAll(change, changed);
    const left = (await unsent(change)).length;
    const answered = sent.length === 0 || reply.receipts.length > 0;
    return { visits: [...changed], more: left > 0 && answered };
  });
}

async function refoldAll(change: Change, ids: Iterable<string>): Promise<void> {
  for (const id of ids) {
    const row = await visit(change, id);
    if (row !== undefined) await refold(change, row);
  }
}

/**
 * Takes a new epoch, which means a restored server: everything that it may have lost is offered
 * again.
 */
async function takeEpoch(change: Change, epoch: string): Promise<void> {
  const before = await fact(change, "epoch");
  if (before === epoch) return;
  putFact(change, "epoch", epoch);
  if (before === undefined) return;
  for (const row of await allEvents(change)) if (row.own) putEvent(change, withReceipt(row, null));
  for (const row of await visits(change)) putVisit(change, { ...row, revision: 0 });
  for (const row of await allEvidence(change))
    if (row.upload.kind !== "needs-you" && row.pieces.length > 0)
      putEvidence(change, { ...row, url: null, upload: { kind: "on-phone" } });
}

/**
 * Keeps the size of the largest file the server takes, so that the phone refuses what the server
 * would.
 */
function takeLimit(change: Change, { largest_evidence }: SyncReply): void {
  if (largest_evidence !== undefined) putFact(change, "largestEvidence", largest_evidence);
}

async function takeReceipts(change: Change, sent: EventRow[], reply: SyncReply): Promise<string[]> {
  if (reply.receipts.length === 0) return [];
  keepReceipts(change, {
    at: reply.server_time,
    receipts: reply.receipts,
    signature: reply.receipt_signature,
  });
  const asked = new Set(sent.map((row) => row.id));
  const changed: string[] = [];
  for (const receipt of reply.receipts) {
    const row = asked.has(receipt.event) ? await event(change, receipt.event) : undefined;
    if (row === undefined) continue;
    putEvent(change, withReceipt(row, receipt));
    changed.push(row.visit);
  }
  return changed;
}

async function takeVisits(
  change: Change,
  device: string,
  pulled: PulledVisit[],
): Promise<string[]> {
  const changed: string[] = [];
  for (const one of pulled) if (await takeVisit(change, device, one)) changed.push(one.visit);
  return changed;
}

async function takeVisit(change: Change, device: string, pulled: PulledVisit): Promise<boolean> {
  const known = await visit(change, pulled.visit);
  if (known === undefined && !pulled.package) return false;
  const row = known ? repinned(known, pulled) : newVisit(pulled.visit, pulled.package as Package);
  for (const one of pulled.events) {
    const own = await event(change, one.id);
    if (own?.own) putEvent(change, withReceipt(own, adopted(one)));
    else putEvent(change, asRow(one, one.device === device));
  }
  putVisit(change, { ...row, revision: pulled.revision, released: false, left: null });
  return known?.package !== row.package || known.released || pulled.events.length > 0;
}

/**
 * Takes a package that comes again, with other officers; the draw is proved anew for their seats.
 */
function repinned(known: VisitRow, { package: again }: PulledVisit): VisitRow {
  return again ? { ...known, package: again, proof: "unchecked" } : known;
}

/** Takes an own event that comes down again, since it was adopted after it had been held. */
function adopted({ id, revision }: PulledEvent): Receipt {
  return { event: id, state: "applied", revision };
}

function newVisit(visit: string, pkg: Package): VisitRow {
  const state = fold(pkg, []);
  return {
    visit,
    package: pkg,
    revision: 0,
    state,
    progress: progress(pkg, state),
    released: false,
    savedAt: null,
    proof: "unchecked",
  };
}

function asRow(pulled: PulledEvent, own: boolean): EventRow {
  const { officer, revision, ...event } = pulled;
  const receipt = own ? ({ event: event.id, state: "applied", revision } as const) : null;
  const { id, visit, device, seq } = event;
  return { id, visit, device, seq, officer, revision, own, hash: null, event, receipt };
}

/** Closes visits that are no longer this officer's; all that was written in them is kept. */
async function releaseAll(change: Change, reply: SyncReply): Promise<string[]> {
  const changed: string[] = [];
  for (const id of reply.released) {
    const row = await visit(change, id);
    if (row === undefined || row.released) continue;
    putVisit(change, { ...row, released: true, left: reply.replaced?.[id] ?? null });
    changed.push(id);
  }
  return changed;
}
