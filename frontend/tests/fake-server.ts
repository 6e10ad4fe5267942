/** A small server of our own on loopback, with the faults the tests need. No mock of our code. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { PulledVisit, SyncRequest } from "../src/api/shapes.ts";
import type { SentEvent } from "../src/core/types.ts";
import type { Receipt } from "../src/data/rows.ts";

/** What a test may do to a request before the server answers; true when it answered itself. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

export class FakeServer {
  epoch = "epoch-1";
  /** who the browser's cookie belongs to */
  account = "";
  calls: SyncRequest[] = [];
  taken = new Map<string, { event: SentEvent; receipt: Receipt }>();
  files = new Map<string, { bytes: Buffer; size: number; sha256: string }>();
  visits: PulledVisit[] = [];
  released: string[] = [];
  replaced: Record<string, { reason: string; at: string }> = {};
  enrolled: unknown[] = [];
  uploaded = 0;
  fault: Fault = () => false;
  /** cuts the connection after this many bytes of each PATCH body, keeping them */
  cutAfter: number | null = null;
  cuts = 0;
  quarantine: (event: SentEvent) => string | null = () => null;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "PATCH") return this.#patch(request, response);
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (this.fault(request, response, body)) return;
    const url = request.url ?? "";
    if (url === "/api/v1/sync") return this.json(response, 200, this.take(JSON.parse(`${body}`)));
    if (url === "/api/v1/me")
      return this.json(response, 200, { account: this.account, csrf_token: "token" });
    if (url === "/api/v1/csrf") return this.json(response, 200, { csrf_token: "token" });
    if (url === "/api/v1/devices") {
      this.enrolled.push(JSON.parse(`${body}`));
      return this.json(response, 200, {});
    }
    if (url.startsWith("/api/v1/evidence/status")) return this.json(response, 200, this.#states());
    if (url === "/api/v1/evidence") return this.#create(request, response);
    if (request.method === "HEAD") return this.#head(url, response);
    this.json(response, 404, { code: "not_found", title: "" });
  }

  json(response: ServerResponse, status: number, data: unknown): void {
    const type = status < 400 ? "application/json" : "application/problem+json";
    response.writeHead(status, { "Content-Type": type, "Evenhand-Epoch": this.epoch });
    response.end(JSON.stringify(data));
  }

  /** Takes a call as the server does: the same receipt for the same event, always. */
  take(call: SyncRequest) {
    this.calls.push(call);
    const receipts = call.events.map((event) => {
      const before = this.taken.get(event.id);
      if (before !== undefined) return before.receipt;
      const reason = this.quarantine(event);
      const receipt: Receipt =
        reason === null
          ? { event: event.id, state: "applied", revision: this.taken.size + 1 }
          : { event: event.id, state: "quarantined", reason };
      this.taken.set(event.id, { event, receipt });
      return receipt;
    });
    return {
      epoch: this.epoch,
      server_time: new Date().toISOString(),
      receipts,
      receipt_signature: "signature",
      visits: this.visits,
      released: this.released,
      replaced: this.replaced,
    };
  }

  async #create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const metadata = new Map(
      String(request.headers["upload-metadata"])
        .split(",")
        .map((pair) => pair.split(" ") as [string, string])
        .map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
    const id = metadata.get("evidence") ?? "";
    const size = Number(request.headers["upload-length"]);
    const empty = { bytes: Buffer.alloc(0), size, sha256: metadata.get("sha256") ?? "" };
    const file = this.files.get(id) ?? empty;
    this.files.set(id, file);
    const carries = request.headers["content-type"] === "application/offset+octet-stream";
    if (!carries || file.bytes.length > 0) request.resume();
    else if (!(await this.#take(request, file))) return;
    this.#tus(response, 201, {
      Location: `/api/v1/evidence/${id}`,
      "Upload-Offset": file.bytes.length,
    });
  }

  #head(url: string, response: ServerResponse): void {
    const file = this.files.get(url.split("/").at(-1) ?? "");
    if (file === undefined) {
      this.json(response, 404, { code: "not_found", title: "" });
      return;
    }
    this.#tus(response, 200, {
      "Upload-Offset": file.bytes.length,
      "Upload-Length": file.size,
      "Cache-Control": "no-store",
    });
  }

  async #patch(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const file = this.files.get(request.url?.split("/").at(-1) ?? "");
    if (file === undefined) return this.json(response, 404, { code: "not_found", title: "" });
    if (Number(request.headers["upload-offset"]) !== file.bytes.length) {
      request.resume();
      return this.json(response, 409, { code: "evidence.offset", title: "" });
    }
    if (!(await this.#take(request, file))) return;
    this.#tus(response, 204, { "Upload-Offset": file.bytes.length });
  }

  /** Takes the bytes of a request; false when the line was cut on purpose. */
  async #take(request: IncomingMessage, file: { bytes: Buffer }): Promise<boolean> {
    let got = 0;
    for await (const part of request) {
      const piece = part as Buffer;
      this.uploaded += piece.length;
      file.bytes = Buffer.concat([file.bytes, piece]);
      got += piece.length;
      if (this.cutAfter !== null && got >= this.cutAfter) {
        this.cuts += 1;
        request.destroy();
        return false;
      }
    }
    return true;
  }

  #tus(response: ServerResponse, status: number, headers: Record<string, string | number>): void {
    response.writeHead(status, {
      ...headers,
      "Tus-Resumable": "1.0.0",
      "Evenhand-Epoch": this.epoch,
    });
    response.end();
  }

  #states() {
    return [...this.files].map(([evidence, { bytes, size, sha256 }]) => {
      const whole = bytes.length === size;
      const same = createHash("sha256").update(bytes).digest("hex") === sha256;
      const state = whole ? (same ? "verified" : "damaged") : "receiving";
      return { evidence, state, received: bytes.length, size };
    });
  }
}
