/** From a lens or a file to evidence on disk: bytes first, read back, then row and event at once. */
import { v7 } from "uuid";
import { position } from "../../app/places.ts";
import type { Session } from "../../app/session.ts";
import type { Change } from "../../core/types.ts";
import type { Stored } from "../../data/evidence.ts";
import type { EvidenceRow } from "../../data/evidence-row.ts";
import { appendIn, localTime } from "../../data/visits.ts";
import { downscaled, thumbnail } from "./pictures.ts";
import type { StoreReply, StoreRequest } from "./store.worker.ts";

export interface Taken {
  file: Blob;
  name: string;
  source: "camera" | "file";
}

const TYPES: Record<string, string> = {
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  webp: "image/webp",
  heic: "image/heic",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
  m4a: "audio/mp4",
  pdf: "application/pdf",
};

/** Stores a file as evidence of a point. Resolves when it is on disk with its event; else throws. */
export async function addEvidence(
  session: Session,
  visit: string,
  point: string | null,
  taken: Taken,
): Promise<void> {
  const { db, author, outbox } = session;
  const capturedAt = localTime(new Date());
  const where = position();
  const originals = (await db.fact("originals")) ?? false;
  const file = originals ? taken.file : await downscaled(taken.file);
  const id = v7();
  const [stored, small] = await Promise.all([
    storeAway({ account: db.account, evidence: id, file }),
    thumbnail(file),
  ]);
  const mime = file.type || (TYPES[taken.name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "");
  const row: EvidenceRow = {
    ...stored,
    id,
    visit,
    point,
    name: taken.name,
    mime: mime || "application/octet-stream",
    thumbnail: small,
    capturedAt,
    url: null,
    resent: false,
    upload: { kind: "on-phone" },
  };
  const change = added(row, taken.source, await where);
  await db.strictly(["events", "visits", "facts", "evidence"], async (tx) => {
    await tx.objectStore("evidence").put(row);
    await appendIn(tx, author, visit, [change]);
  });
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
