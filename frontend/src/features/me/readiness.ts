/** 出发前检查: can this phone do a day's work with no network? Each answer is looked at, not assumed. */
import { permission } from "../../app/position.ts";
import type { Session } from "../../app/session.ts";
import { clockError } from "../../core/clock.ts";
import { fact, setFact } from "../../data/facts.ts";
import { freeBytes, LOW_BYTES } from "../../data/free-space.ts";
import { visits } from "../../data/visits.ts";

export type Ready = "ok" | "not-ok" | "unknown";

export interface Readiness {
  signedIn: Ready;
  packages: number;
  persist: Ready;
  /** null when this browser does not tell */
  space: Ready | null;
  camera: Ready;
  position: Ready;
  clock: Ready;
  write: Ready;
  worker: Ready;
  installed: Ready;
}

export const yes = (good: boolean): Ready => (good ? "ok" : "not-ok");

export async function readiness({ db }: Session): Promise<Readiness> {
  const [sync, rows, estimate, kept, camera, position, write] = await Promise.all([
    fact(db, "sync"),
    visits(db),
    navigator.storage?.estimate?.(),
    navigator.storage?.persisted?.(),
    permission("camera"),
    permission("geolocation"),
    canWrite(db),
  ]);
  const free = freeBytes(estimate ?? {});
  const contact = sync?.contact ?? null;
  return {
    signedIn: yes(sync?.trouble?.kind !== "signed-out"),
    packages: rows.filter((row) => !row.released).length,
    persist: yes(kept ?? false),
    space: free === null ? null : yes(free >= LOW_BYTES),
    camera: asked(camera),
    position: asked(position),
    clock: contact === null ? "unknown" : yes(clockError(Date.now(), contact) === null),
    write: yes(write),
    installed: yes(matchMedia("(display-mode: standalone)").matches),
    worker: yes(navigator.serviceWorker?.controller != null),
  };
}

function asked(state: PermissionState | null): Ready {
  if (state === "granted") return "ok";
  return state === "denied" ? "not-ok" : "unknown";
}

async function canWrite(db: Session["db"]): Promise<boolean> {
  const before = (await fact(db, "originals")) ?? false;
  await setFact(db, "originals", before);
  return (await fact(db, "originals")) === before;
}
