/** From a lens or a file to evidence on disk: bytes first, read back, then row and event at once. */
import { v7 } from "uuid";
import { position } from "../../app/position.ts";
import type { Session } from "../../app/session.ts";
import { JUDGED_BYTES, judge, type Refusal } from "../../core/evidence-rules.ts";
import type { Change } from "../../core/types.ts";
import { addFile } from "../../data/evidence.ts";
import type { EvidenceRow } from "../../data/evidence-row.ts";
import { fact } from "../../data/facts.ts";
import type { Stored } from "../../data/pieces.ts";
import { localTime } from "../../data/visits.ts";
import { downscaled, thumbnail } from "./pictures.ts";
import type { StoreReply, StoreRequest } from "./store.worker.ts";

export interface Taken {
  file: Blob;
  name: string;
  source: "camera" | "file";
}

/** A file that the server would refuse; nothing of it is stored. */
export class NotTaken extends Error {
  override name = "NotTaken";
  readonly why: Refusal;

  constructor(why: Refusal) {
    super(why);
    this.why = why;
  }
}

/** Gives the media type of a file that may become evidence; throws `NotTaken`. */
async function judged(file: Blob, most: number | null): Promise<string> {
  const head = new Uint8Array(await file.slice(0, JUDGED_BYTES).arrayBuffer());
  const found = judge(head, file.size, most);
  if (found.kind === "refused") throw new NotTaken(found.why);
  return found.mime;
}

/**
 * Stores a file as evidence of a point. Resolves when it is on disk with its event; throws
 * `NotTaken` for what can be no evidence, and what the storing threw.
 */
export async function addEvidence(
  session: Session,
  visit: string,
  point: string | null,
  taken: Taken,
): Promise<void> {
  const { db, author, outbox } = session;
  const capturedAt = localTime(new Date());
  const where = position();
  const originals = (await fact(db, "originals")) ?? false;
  const file = originals ? taken.file : await downscaled(taken.file);
  const mime = await judged(file, (await fact(db, "largestEvidence")) ?? null);
  const id = v7();
  const [stored, small] = await Promise.all([
    storeAway({ account: db.account, evidence: id, file }),
    thumbnail(file),
  ]);
  const row: EvidenceRow = {
    ...stored,
    id,
    visit,
    point,
    name: taken.name,
    mime,
    thumbnail: small,
    capturedAt,
    url: null,
    resent: false,
    upload: { kind: "on-phone" },
  };
  const change = added(row, taken.source, await where);
  await addFile(db, author, row, change);
  outbox.changed(visit);
  outbox.wake();
}

function added(
  row: EvidenceRow,
  source: Taken["source"],
  where: Awaited<ReturnType<typeof position>>,
): Change {
  return {
    kind: "evidence.added",
    body: {
      evidence: row.id,
      point: row.point,
      sha256: row.sha256,
      size: row.size,
      mime: row.mime,
      source,
      captured_at: row.capturedAt,
      position: where,
    },
  };
}

/** The bytes could not be stored, or did not read back as written; the message names why. */
export class NotStored extends Error {
  override name = "NotStored";
}

function storeAway(request: StoreRequest): Promise<Stored> {
  const worker = new Worker(new URL("./store.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Stored>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<StoreReply>) => {
      if (data.kind === "stored") resolve(data.stored);
      else reject(new NotStored(data.name));
    };
    worker.onerror = () => reject(new NotStored("worker"));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
