/** Takes one reply of /api/v1/sync into the database, whole or not at all. */
import type { PulledEvent, PulledVisit, SyncReply } from "../api/shapes.ts";
import { fold } from "../core/reducer.ts";
import { progress } from "../core/rules.ts";
import type { Package } from "../core/types.ts";
import type { AccountDb, EventRow, Receipt, VisitRow, Writing } from "../data/db.ts";
import { refold, withReceipt } from "../data/visits.ts";

const STORES = ["events", "visits", "facts", "receipts", "evidence"] as const;

/** Writes receipts, packages and others' events; `more` while events still wait for a receipt. */
export async function takeReply(
  db: AccountDb,
  device: string,
  sent: EventRow[],
  reply: SyncReply,
): Promise<{ visits: string[]; more: boolean }> {
  return db.strictly([...STORES], async (tx) => {
    await takeEpoch(tx, reply.epoch);
    const changed = new Set([
      ...(await takeReceipts(tx, sent, reply)),
      ...(await takeVisits(tx, device, reply.visits)),
      ...(await releaseAll(tx, reply)),
    ]);
    await refoldAll(tx, changed);
    const left = await tx.objectStore("events").index("unsent").count();
    const answered = sent.length === 0 || reply.receipts.length > 0;
    return { visits: [...changed], more: left > 0 && answered };
  });
}

async function refoldAll(tx: Writing, visits: Iterable<string>): Promise<void> {
  for (const visit of visits) {
    const row = await tx.objectStore("visits").get(visit);
    if (row !== undefined) await refold(tx, row);
  }
}

/** A new epoch means a restored server: offer again all that it may have lost. */
async function takeEpoch(tx: Writing, epoch: string): Promise<void> {
  const facts = tx.objectStore("facts");
  const before = (await facts.get("epoch"))?.value;
  if (before === epoch) return;
  await facts.put({ name: "epoch", value: epoch });
  if (before === undefined) return;
  const events = tx.objectStore("events");
  for (const row of await events.getAll()) if (row.own) await events.put(withReceipt(row, null));
  const visits = tx.objectStore("visits");
  for (const row of await visits.getAll()) await visits.put({ ...row, revision: 0 });
  const evidence = tx.objectStore("evidence");
  for (const row of await evidence.getAll())
    if (row.upload.kind !== "needs-you" && row.pieces.length > 0)
      await evidence.put({ ...row, url: null, upload: { kind: "on-phone" } });
}

async function takeReceipts(tx: Writing, sent: EventRow[], reply: SyncReply): Promise<string[]> {
  if (reply.receipts.length === 0) return [];
  await tx.objectStore("receipts").add({
    at: reply.server_time,
    receipts: reply.receipts,
    signature: reply.receipt_signature,
  });
  const events = tx.objectStore("events");
  const asked = new Set(sent.map((row) => row.id));
  const visits: string[] = [];
  for (const receipt of reply.receipts) {
    const row = asked.has(receipt.event) ? await events.get(receipt.event) : undefined;
    if (row === undefined) continue;
    await events.put(withReceipt(row, receipt));
    visits.push(row.visit);
  }
  return visits;
}

async function takeVisits(tx: Writing, device: string, pulled: PulledVisit[]): Promise<string[]> {
  const changed: string[] = [];
  for (const visit of pulled) if (await takeVisit(tx, device, visit)) changed.push(visit.visit);
  return changed;
}

async function takeVisit(tx: Writing, device: string, pulled: PulledVisit): Promise<boolean> {
  const visits = tx.objectStore("visits");
  const known = await visits.get(pulled.visit);
  if (known === undefined && !pulled.package) return false;
  const row = known ? repinned(known, pulled) : newVisit(pulled.visit, pulled.package as Package);
  const events = tx.objectStore("events");
  for (const event of pulled.events) {
    const own = await events.get(event.id);
    if (own?.own) await events.put(withReceipt(own, adopted(event)));
    else await events.put(asRow(event, event.device === device));
  }
  await visits.put({ ...row, revision: pulled.revision, released: false, left: null });
  return known?.package !== row.package || known.released || pulled.events.length > 0;
}

/** A package that comes again has other officers; the draw is proved anew for their seats. */
function repinned(known: VisitRow, { package: again }: PulledVisit): VisitRow {
  return again ? { ...known, package: again, proof: "unchecked" } : known;
}

/** An own event that comes down again was adopted after it had been held. */
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

/** Visits no longer this officer's: kept with all that was written, closed for more. */
async function releaseAll(tx: Writing, reply: SyncReply): Promise<string[]> {
  const changed: string[] = [];
  for (const visit of reply.released) {
    const row = await tx.objectStore("visits").get(visit);
    if (row === undefined || row.released) continue;
    const left = reply.replaced?.[visit] ?? null;
    await tx.objectStore("visits").put({ ...row, released: true, left });
    changed.push(visit);
  }
  return changed;
}
