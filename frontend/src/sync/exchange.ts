/**
 * Push and pull (sync/1 §2): own events go up in the order of the device's chain, receipts and
 * other officers' events come down, each reply in one strict transaction.
 */
import type { Reply, Server } from "../api/http.ts";
import type { SyncReply, SyncRequest } from "../api/shapes.ts";
import { batch, MAX_EVENTS } from "../core/batches.ts";
import { type Contact, instant } from "../core/clock.ts";
import type { SentEvent } from "../core/types.ts";
import type { AccountDb } from "../data/db.ts";
import { type Device, signHead } from "../data/device.ts";
import { setReceipt, unsent } from "../data/events.ts";
import { fact } from "../data/facts.ts";
import type { EventRow } from "../data/rows.ts";
import { localTime, visits } from "../data/visits.ts";
import { takeReply } from "./take-reply.ts";

export type Failure = Exclude<Reply<never>, { kind: "ok" }>;
export type Exchanged = { kind: "ok"; visits: string[]; contact: Contact } | Failure;

interface Call {
  db: AccountDb;
  server: Server;
  device: Device;
  officer: string;
}

/** Exchanges until nothing is unsent. Returns the visits that changed, or why it stopped. */
export async function exchange(call: Call): Promise<Exchanged> {
  const changed = new Set<string>();
  let limit = MAX_EVENTS;
  for (;;) {
    const queue = await unsent(call.db, limit + 1);
    const rows = batch(queue, (row) => JSON.stringify(row.event).length, limit);
    const reply = await call.server.send<SyncReply>("/api/v1/sync", await request(call, rows));
    if (reply.kind === "ok") {
      const taken = await takeReply(call.db, call.device.id, rows, reply.data);
      for (const visit of taken.visits) changed.add(visit);
      if (taken.more) continue;
      const serverMs = instant(reply.data.server_time);
      const contact = { aheadMs: Date.now() - serverMs, serverMs };
      return { kind: "ok", visits: [...changed], contact };
    }
    if (!isAboutTheBatch(reply)) return reply;
    const [only, ...others] = rows;
    if (only === undefined) return reply;
    if (others.length === 0) await setAside(call.db, only, reply.refusal.code);
    limit = Math.max(1, Math.floor(rows.length / 2));
  }
}

async function request({ db, device }: Call, rows: EventRow[]): Promise<SyncRequest> {
  const onPhone = await visits(db);
  const last = rows.at(-1);
  const signature =
    last?.hash == null ? null : await signHead(device, { seq: last.seq, hash: last.hash });
  return {
    device: device.id,
    epoch: (await fact(db, "epoch")) ?? "",
    events: rows.map((row) => row.event as SentEvent),
    signature,
    clock: localTime(new Date()),
    have: Object.fromEntries(onPhone.filter((v) => !v.released).map((v) => [v.visit, v.revision])),
  };
}

/**
 * Tells whether a smaller batch may pass: this one is too large, or holds an event that the server
 * cannot take.
 */
function isAboutTheBatch(reply: Failure): reply is Extract<Failure, { kind: "refused" }> {
  return reply.kind === "refused" && [400, 409, 413, 422].includes(reply.refusal.status);
}

/**
 * Sets aside the one event that the server cannot take, until a person looks, so that the others go
 * on.
 */
async function setAside(db: AccountDb, row: EventRow, code: string): Promise<void> {
  const receipt = { event: row.id, state: "quarantined", reason: code } as const;
  await setReceipt(db, row, receipt);
}
