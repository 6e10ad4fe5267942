/**
 * One door to the server. Every reply is one of five kinds; a reply that is not ours (a captive
 * portal's page, a proxy's error) counts as no network.
 */

import type { Csrf } from "./shapes.ts";

export interface Refusal {
  status: number;
  code: string;
  title: string;
  retryAfterMs: number;
}

export type Reply<T> =
  | { kind: "ok"; data: T; epoch: string }
  | { kind: "offline" }
  | { kind: "signed-out"; refusal: Refusal }
  | { kind: "refused"; refusal: Refusal };

type Method = "GET" | "POST" | "DELETE";

const TIMEOUT_MS = 30_000;
export const EPOCH_HEADER = "Evenhand-Epoch";

/** A connection as one person, or as nobody before the sign-in. */
export class Server {
  readonly origin: string;
  readonly #language: () => string;
  csrf: string | null;

  constructor(origin: string, language: () => string, csrf: string | null = null) {
    this.origin = origin;
    this.#language = language;
    this.csrf = csrf;
  }

  get<T>(path: string): Promise<Reply<T>> {
    return this.#ask<T>("GET", path, undefined);
  }

  /** Sends a POST with the session's token; a stale token is fetched anew, once. */
  async send<T>(path: string, body: object, method: Method = "POST"): Promise<Reply<T>> {
    if (this.csrf === null) await this.renewToken();
    const reply = await this.#ask<T>(method, path, body);
    if (reply.kind !== "refused" || reply.refusal.code !== "access.csrf") return reply;
    await this.renewToken();
    return this.#ask<T>(method, path, body);
  }

  async renewToken(): Promise<void> {
    const reply = await this.get<Csrf>("/api/v1/csrf");
    if (reply.kind === "ok") this.csrf = reply.data.csrf_token;
  }

  async #ask<T>(method: Method, path: string, body: object | undefined): Promise<Reply<T>> {
    const headers: Record<string, string> = {
      Accept: "application/json",
      "Accept-Language": this.#language(),
    };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (method !== "GET" && this.csrf !== null) headers["X-CSRF-Token"] = this.csrf;
    try {
      const response = await fetch(this.origin + path, {
        method,
        headers,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return await read<T>(response);
    } catch {
      return { kind: "offline" }; // refused, cut, timed out, or not JSON where JSON was promised
    }
  }
}

async function read<T>(response: Response): Promise<Reply<T>> {
  const epoch = response.headers.get(EPOCH_HEADER);
  if (epoch === null) return { kind: "offline" };
  if (response.status === 204) return { kind: "ok", data: undefined as T, epoch };
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return { kind: "offline" };
  const data = (await response.json()) as T;
  if (response.ok) return { kind: "ok", data, epoch };
  const refusal = asRefusal(response, data as { code?: unknown; title?: unknown });
  return { kind: response.status === 401 ? "signed-out" : "refused", refusal };
}

function asRefusal(response: Response, problem: { code?: unknown; title?: unknown }): Refusal {
  const seconds = Number(response.headers.get("Retry-After") ?? "0");
  return {
    status: response.status,
    code: typeof problem.code === "string" ? problem.code : `http.${response.status}`,
    title: typeof problem.title === "string" ? problem.title : "",
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0,
  };
}
