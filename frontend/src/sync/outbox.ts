/**
 * The outbox: one tab of an account holds the lock and sends; the others read what it writes.
 * It decides when to try again and says so in the database before it waits.
 */
import type { Server } from "../api/http.ts";
import type { Me, NewDevice } from "../api/shapes.ts";
import { backoff } from "../core/backoff.ts";
import type { Contact } from "../core/clock.ts";
import { madeAt } from "../core/ids.ts";
import type { AccountDb } from "../data/db.ts";
import { device, publicKey } from "../data/device.ts";
import { fact, setFact } from "../data/facts.ts";
import { makeRoom } from "../data/free-space.ts";
import { dropOrphans } from "../data/pieces.ts";
import type { SyncRow } from "../data/rows.ts";
import { setProof, visits } from "../data/visits.ts";
import { exchange, type Failure } from "./exchange.ts";
import { proveDraw } from "./prove.ts";
import { upload } from "./uploads.ts";

const IDLE_MS = 30_000;
const SETTLE_MS = 700;
const ORPHAN_MS = 3_600_000;

export const IDLE: SyncRow = {
  phase: "idle",
  trouble: null,
  nextAttempt: null,
  lastOk: null,
  failures: 0,
  contact: null,
};

/** What travels between the tabs of one account. */
export type Message = { kind: "wake"; now: boolean } | { kind: "changed"; visit: string | null };

interface Ports {
  db: AccountDb;
  server: Server;
  officer: string;
  deviceName: string;
  random: () => number;
  /** bytes that may still be stored, null when nobody knows */
  free: () => Promise<number | null>;
  /** told who the server says is signed in, when it is this account */
  met: (me: Me) => Promise<void>;
}

/** Makes, holds and ends the sending of one account on this phone. */
export class Outbox {
  readonly #ports: Ports;
  readonly #channel: BroadcastChannel;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<(visit: string | null) => void>();
  #wake: ((now: boolean) => void) | null = null;
  #woken = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#channel = new BroadcastChannel(`evenhand-${ports.db.account}`);
    this.#channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === "wake") this.#poke(data.now);
      else this.#tell(data.visit);
    };
  }

  /** Calls `listener` whenever a visit (or, with null, the outbox itself) changed on disk. */
  onChange(listener: (visit: string | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for the lock and sends until `close`. */
  async run(): Promise<void> {
    const name = `evenhand-outbox-${this.#ports.db.account}`;
    const { signal } = this.#stop;
    try {
      await navigator.locks.request(name, { signal }, () => this.#loop());
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /**
   * Tells the sender that something was written here; `now` skips the wait for more and any
   * backoff.
   */
  wake(now = false): void {
    this.#poke(now);
    this.#post({ kind: "wake", now });
  }

  /** Tells this tab's screens and the other tabs. */
  changed(visit: string | null): void {
    this.#tell(visit);
    this.#post({ kind: "changed", visit });
  }

  close(): void {
    this.#stop.abort();
    this.#poke(true);
    this.#channel.close();
  }

  async #loop(): Promise<void> {
    await dropOrphans(this.#ports.db, (id) => Date.now() - madeAt(id) < ORPHAN_MS);
    while (!this.#stop.signal.aborted) {
      this.#woken = false;
      await makeRoom(this.#ports.db, this.#ports.free);
      const wait = await this.#attempt();
      if (!this.#woken) await this.#sleep(wait);
    }
  }

  /** Runs one round; returns how long to wait for the next, in milliseconds. */
  async #attempt(): Promise<number> {
    const { db, random } = this.#ports;
    const before = (await fact(db, "sync")) ?? IDLE;
    await this.#note({ ...before, phase: "running", nextAttempt: null });
    const result = await round(this.#ports, (visit) => this.changed(visit)).catch(unforeseen);
    if (this.#stop.signal.aborted) return 0;
    if (result.kind === "ok") {
      const { contact } = result;
      await this.#note({ ...IDLE, lastOk: contact.serverMs, contact });
      return IDLE_MS;
    }
    const failures = before.failures + 1;
    const asked = result.kind === "refused" ? result.refusal.retryAfterMs : 0;
    const wait = backoff(failures, random(), asked);
    const nextAttempt = Date.now() + wait;
    const trouble = troubleOf(result);
    await this.#note({ ...before, phase: "waiting", trouble, failures, nextAttempt });
    return wait;
  }

  async #note(row: SyncRow): Promise<void> {
    await setFact(this.#ports.db, "sync", row);
    this.changed(null);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let timer = setTimeout(resolve, ms);
      const until = performance.now() + ms; // the wall clock may be set while this waits
      this.#wake = (now) => {
        clearTimeout(timer);
        const backingOff = ms !== IDLE_MS && !now;
        const left = backingOff ? until - performance.now() : now ? 0 : SETTLE_MS;
        timer = setTimeout(resolve, Math.max(0, left));
      };
    }).then(() => {
      this.#wake = null;
    }) as Promise<void>;
  }

  #poke(now: boolean): void {
    this.#woken = true;
    this.#wake?.(now);
  }

  #tell(visit: string | null): void {
    for (const listener of this.#listeners) listener(visit);
  }

  #post(message: Message): void {
    if (!this.#stop.signal.aborted) this.#channel.postMessage(message);
  }
}

/** Shows an error that nobody foresaw and plans another try: it must not end the sending. */
function unforeseen(error: unknown): Failure {
  const code = `phone.${error instanceof Error ? error.name : "unknown"}`;
  return { kind: "refused", refusal: { status: 0, code, title: "", retryAfterMs: 0 } };
}

function troubleOf(result: Failure): SyncRow["trouble"] {
  if (result.kind === "refused") return { kind: "refused", code: result.refusal.code };
  return { kind: result.kind };
}

/** Enrols, pushes and pulls, proves what came, and sends bytes. */
export async function round(
  ports: Ports,
  changed: (visit: string) => void,
): Promise<{ kind: "ok"; contact: Contact } | Failure> {
  const { db, server } = ports;
  const known = await identify(ports);
  if (known.kind !== "ok") return known;
  const mine = await device(db);
  const enrolled = await enrol(ports, mine.id, mine.keys);
  if (enrolled.kind !== "ok") return enrolled;
  const exchanged = await exchange({ db, server, device: mine, officer: ports.officer });
  if (exchanged.kind !== "ok") return exchanged;
  for (const visit of exchanged.visits) changed(visit);
  for (const visit of await proveNew(db)) changed(visit);
  const uploaded = await upload({ db, server, changed });
  return uploaded.kind === "ok" ? exchanged : uploaded;
}

/**
 * Asks the server who is signed in. A cookie of somebody else (the office in the same browser)
 * counts as signed out: nobody sends what another person wrote.
 */
async function identify({ db, server, met }: Ports): Promise<{ kind: "ok" } | Failure> {
  const reply = await server.get<Me>("/api/v1/me");
  if (reply.kind !== "ok") return reply;
  if (reply.data.account !== db.account) {
    const refusal = { status: 401, code: "phone.other_account", title: "", retryAfterMs: 0 };
    return { kind: "signed-out", refusal };
  }
  server.csrf = reply.data.csrf_token;
  await met(reply.data);
  return { kind: "ok" };
}

async function enrol(
  { db, server, deviceName }: Ports,
  id: string,
  keys: CryptoKeyPair,
): Promise<{ kind: "ok" } | Failure> {
  if (await fact(db, "enrolled")) return { kind: "ok" };
  const body: NewDevice = { device: id, public_key: await publicKey(keys), name: deviceName };
  const reply = await server.send<unknown>("/api/v1/devices", body);
  if (reply.kind !== "ok") return reply;
  await setFact(db, "enrolled", true);
  return { kind: "ok" };
}

/** Recomputes the draw of every visit that was not checked yet. */
async function proveNew(db: AccountDb): Promise<string[]> {
  const fresh = (await visits(db)).filter((row) => row.proof === "unchecked");
  for (const { visit, package: pkg } of fresh) {
    const { kind } = await proveDraw(pkg);
    await setProof(db, visit, kind);
  }
  return fresh.map((row) => row.visit);
}
