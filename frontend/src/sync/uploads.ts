/**
 * Evidence bytes (evidence/1 §2) by tus, resumed where the server is, every stored piece checked
 * on its way out. A damaged piece stops that file and asks for a person; the others go on.
 */
import type { DetailedError, HttpRequest, HttpResponse, UploadOptions } from "tus-js-client";
import { EPOCH_HEADER, type Server } from "../api/http.ts";
import type { EvidenceStatus } from "../api/shapes.ts";
import type { AccountDb } from "../data/db.ts";
import { unsent } from "../data/events.ts";
import { allEvidence, evidenceRow, setUpload, startAnew } from "../data/evidence.ts";
import type { EvidenceRow } from "../data/evidence-row.ts";
import { DamagedPiece, readRange } from "../data/pieces.ts";
import type { Failure } from "./exchange.ts";

const LEAST_CHUNK = 256 * 1024;
const MOST_CHUNK = 8 * 1024 * 1024;

/** Bytes of the next request: halved when one broke off, doubled when a file went through. */
let chunkBytes = 1024 * 1024;
const STALL_MS = 30_000;
/** Files up to this size go with the request that announces them, at their first attempt. */
const AT_ONCE_BYTES = 512 * 1024;
const attempted = new Set<string>();

export interface UploadCall {
  db: AccountDb;
  server: Server;
  /** told whenever a file's state changed on disk */
  changed: (visit: string) => void;
}

type Sent = { kind: "sent" } | { kind: "damaged" } | Failure;

/** Sends what is still on the phone, then asks what has been verified. */
export async function upload(call: UploadCall): Promise<{ kind: "ok" } | Failure> {
  let stopped: Failure | null = null;
  for (const row of await waiting(call.db)) {
    const result = await sendFromWhereItIs(call, row);
    adapt(result);
    if (result.kind === "sent") await setUpload(call.db, row.id, { kind: "received" });
    else if (result.kind === "damaged") await needsYou(call.db, row.id, "damaged", null);
    else if (result.kind === "refused" && isAboutTheFile(result.refusal.status))
      await needsYou(call.db, row.id, "refused", result.refusal.code);
    else stopped = result;
    call.changed(row.visit);
    if (stopped !== null && stopped.kind !== "refused") return stopped;
  }
  return stopped ?? confirm(call);
}

/**
 * Sends a file; when the server has another offset than we thought, asks it again and goes on from
 * there.
 */
async function sendFromWhereItIs(call: UploadCall, row: EvidenceRow): Promise<Sent> {
  const first = await sendOne(call, row);
  if (first.kind !== "refused" || !isAboutTheOffset(first.refusal.status)) return first;
  const now = await evidenceRow(call.db, row.id);
  return now?.url == null ? first : sendOne(call, now);
}

const isAboutTheOffset = (status: number): boolean => [404, 409, 412, 423].includes(status);

function adapt(result: Sent): void {
  if (result.kind === "sent") chunkBytes = Math.min(MOST_CHUNK, chunkBytes * 2);
  if (result.kind === "offline") chunkBytes = Math.max(LEAST_CHUNK, chunkBytes / 2);
}

const isAboutTheFile = (status: number): boolean => [400, 403, 413, 415, 422].includes(status);

const needsYou = (
  db: AccountDb,
  id: string,
  trouble: "damaged" | "refused" | "server_damaged",
  code: string | null,
) => setUpload(db, id, { kind: "needs-you", trouble, code });

/** Gives files whose event the server has, smallest first, so that most arrive soonest. */
async function waiting(db: AccountDb): Promise<EvidenceRow[]> {
  const rows = await allEvidence(db);
  const queue = await unsent(db);
  const unannounced = new Set(
    queue.flatMap(({ event }) => ("evidence" in event.body ? [event.body.evidence] : [])),
  );
  return rows
    .filter((row) => !unannounced.has(row.id))
    .filter((row) => row.upload.kind === "on-phone" || row.upload.kind === "sending")
    .sort((a, b) => a.size - b.size);
}

/** Asks the server what it verified, visit by visit. */
export async function confirm(call: UploadCall): Promise<{ kind: "ok" } | Failure> {
  const rows = (await allEvidence(call.db)).filter((row) => row.upload.kind === "received");
  for (const visit of new Set(rows.map((row) => row.visit))) {
    const reply = await call.server.get<EvidenceStatus[]>(`/api/v1/evidence/status?visit=${visit}`);
    if (reply.kind !== "ok") return reply;
    const states = new Map(reply.data.map((status) => [status.evidence, status]));
    for (const row of rows.filter((one) => one.visit === visit)) {
      const status = states.get(row.id);
      if (status !== undefined) await settle(call.db, row, status);
    }
    call.changed(visit);
  }
  return { kind: "ok" };
}

/** Writes what the server made of a file that arrived. */
async function settle(db: AccountDb, row: EvidenceRow, status: EvidenceStatus): Promise<void> {
  if (status.state === "verified") await setUpload(db, row.id, { kind: "verified" });
  else if (status.state === "damaged") await sendAnew(db, row);
  else if (status.state === "refused")
    await needsYou(db, row.id, "refused", status.problem ?? "evidence.refused");
}

/**
 * Handles a file that arrived damaged: it is sent once more from the start, and after that a person
 * decides.
 */
async function sendAnew(db: AccountDb, row: EvidenceRow): Promise<void> {
  if (row.resent) await needsYou(db, row.id, "server_damaged", null);
  else await startAnew(db, row.id, true);
}

/** Sends one file through tus-js-client; resolves, never throws. */
async function sendOne(call: UploadCall, row: EvidenceRow): Promise<Sent> {
  const { Upload } = await import("tus-js-client");
  return new Promise<Sent>((resolve) => {
    let stall: ReturnType<typeof setTimeout> | undefined;
    const end = (sent: Sent): void => {
      clearTimeout(stall);
      resolve(sent);
    };
    const alive = (): void => {
      clearTimeout(stall);
      stall = setTimeout(() => void task.abort().then(() => end({ kind: "offline" })), STALL_MS);
    };
    const progressed = (sent: number): void => {
      alive();
      const url = task.url ?? undefined;
      void setUpload(call.db, row.id, { kind: "sending", sent, total: row.size }, url).then(() =>
        call.changed(row.visit),
      );
    };
    const atOnce = row.url === null && row.size <= AT_ONCE_BYTES && !attempted.has(row.id);
    attempted.add(row.id);
    const task = new Upload(new Blob([]), {
      ...options(call, row),
      uploadDataDuringCreation: atOnce,
      onProgress: alive,
      onChunkComplete: (_size, accepted) => progressed(accepted),
      onUploadUrlAvailable: () => progressed(0),
      onSuccess: () => end({ kind: "sent" }),
      onError: (error) => end(failure(error)),
    });
    alive();
    task.start();
  });
}

function options({ db, server }: UploadCall, row: EvidenceRow): UploadOptions {
  return {
    endpoint: `${server.origin}/api/v1/evidence`,
    uploadUrl: row.url,
    chunkSize: chunkBytes,
    retryDelays: null,
    storeFingerprintForResuming: false,
    metadata: {
      evidence: row.id,
      visit: row.visit,
      sha256: row.sha256,
      filename: row.name,
      mime: row.mime,
    },
    onBeforeRequest: (request: HttpRequest) => {
      if (server.csrf !== null) request.setHeader("X-CSRF-Token", server.csrf);
    },
    onAfterResponse: (_request: HttpRequest, response: HttpResponse) => {
      if (response.getHeader(EPOCH_HEADER) == null) throw new NotOurs();
    },
    fileReader: {
      openFile: async () => ({
        size: row.size,
        slice: async (start: number, end: number) => ({
          value: await sized(readRange(db, row, start, Math.min(end, row.size))),
          done: end >= row.size,
        }),
        close: () => undefined,
      }),
    },
  };
}

/** Wraps bytes as a chunk, since tus-js-client asks a chunk for its `size`, which bytes lack. */
async function sized(reading: Promise<Uint8Array>): Promise<Uint8Array & { size: number }> {
  const bytes = await reading;
  return Object.assign(bytes, { size: bytes.length });
}

/** The error of a reply without our header, which comes from a captive portal or a proxy. */
class NotOurs extends Error {
  override name = "NotOurs";
}

function failure(error: Error | DetailedError): Sent {
  if (error instanceof DamagedPiece) return { kind: "damaged" };
  const response = "originalResponse" in error ? error.originalResponse : null;
  if (response == null || response.getHeader(EPOCH_HEADER) == null) {
    const cause = "causingError" in error ? error.causingError : null;
    return cause instanceof DamagedPiece ? { kind: "damaged" } : { kind: "offline" };
  }
  const status = response.getStatus();
  const refusal = { status, code: codeOf(response.getBody(), status), title: "", retryAfterMs: 0 };
  return { kind: status === 401 ? "signed-out" : "refused", refusal };
}

function codeOf(body: string, status: number): string {
  try {
    const problem = JSON.parse(body) as { code?: unknown };
    return typeof problem.code === "string" ? problem.code : `http.${status}`;
  } catch {
    return `http.${status}`;
  }
}
