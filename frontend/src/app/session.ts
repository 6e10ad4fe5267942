/** Who works on this phone now, and what belongs to them: database, outbox, device. */
import { shallowRef } from "vue";
import { Server } from "../api/http.ts";
import type { Me } from "../api/shapes.ts";
import { AccountDb } from "../data/db.ts";
import { device } from "../data/device.ts";
import { freeBytes } from "../data/free-space.ts";
import { currentPerson, leave, remember } from "../data/people.ts";
import type { Author } from "../data/visits.ts";
import { Outbox } from "../sync/outbox.ts";
import { locale } from "./i18n.ts";

export interface Session {
  me: Me;
  db: AccountDb;
  server: Server;
  outbox: Outbox;
  author: Author;
}

const OWED = "evenhand-sign-out-owed";

/** The session on the screen; null when somebody must sign in first. */
export const session = shallowRef<Session | null>(null);

/** Gives the session; for screens that are shown only while there is one. */
export function signedIn(): Session {
  if (session.value === null) throw new Error("nobody is signed in");
  return session.value;
}

export function anonymousServer(): Server {
  return new Server(location.origin, () => locale.value);
}

/** Opens what the last person left, with or without a network. */
export async function resume(): Promise<void> {
  const me = await currentPerson();
  if (me !== null) session.value = await open(me);
  else void payOwedSignOut();
}

/** After a sign-in: remembers the person, asks for lasting storage, starts sending. */
export async function enter(me: Me): Promise<void> {
  await remember(me);
  localStorage.removeItem(OWED);
  session.value?.outbox.close();
  session.value = await open(me);
  await navigator.storage?.persist?.();
}

/** Signs out here. The queue stays and goes out when this person signs in again. */
export async function signOut(): Promise<void> {
  const { server, outbox, db } = signedIn();
  outbox.close();
  session.value = null;
  await leave();
  const reply = await server.send("/api/v1/session", {}, "DELETE");
  if (reply.kind === "offline") localStorage.setItem(OWED, "yes");
  await db.close();
}

/** Ends the server's session after a sign-out that was made with no network. */
async function payOwedSignOut(): Promise<void> {
  if (localStorage.getItem(OWED) === null) return;
  const reply = await anonymousServer().send("/api/v1/session", {}, "DELETE");
  if (reply.kind !== "offline") localStorage.removeItem(OWED);
}

async function open(me: Me): Promise<Session> {
  const db = new AccountDb(me.account);
  const server = new Server(location.origin, () => locale.value, me.csrf_token);
  const officer = me.officer?.id ?? me.account;
  const mine = await device(db);
  const author = { device: mine.id, officer, mono: () => performance.now() };
  const outbox = new Outbox({
    db,
    server,
    officer,
    deviceName: phoneName(),
    random: Math.random,
    free: async () => freeBytes((await navigator.storage?.estimate?.()) ?? {}),
    met,
  });
  window.addEventListener("online", () => outbox.wake(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") outbox.wake();
  });
  void outbox.run();
  return { me, db, server, outbox, author };
}

/** Keeps what the server says of the person: a new certificate, another department. */
async function met(me: Me): Promise<void> {
  const now = session.value;
  if (now === null || now.me.account !== me.account) return;
  const { csrf_token: _a, server_time: _b, ...before } = now.me;
  const { csrf_token: _c, server_time: _d, ...after } = me;
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  await remember(me);
  session.value = { ...now, me };
}

/** Gives a name people recognise in the list of their devices. */
function phoneName(): string {
  const agent = navigator.userAgent;
  const model = /Android [\d.]+; ([^;)]+)/.exec(agent)?.[1] ?? /iPhone|iPad/.exec(agent)?.[0];
  const browser = /(MicroMessenger|Edg|Firefox|Chrome|Safari)/.exec(agent)?.[1] ?? "";
  return `${model ?? navigator.platform} ${browser}`.trim().slice(0, 80);
}
