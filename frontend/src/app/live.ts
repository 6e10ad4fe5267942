/** Shows what is on disk: read again whenever the outbox or a screen says that it changed. */
import {
  type ComputedRef,
  computed,
  effectScope,
  onScopeDispose,
  type Ref,
  ref,
  type ShallowRef,
  shallowRef,
} from "vue";
import { type ClockError, clockError, instant, presentMoment, putRight } from "../core/clock.ts";
import type { Package, VisitState } from "../core/types.ts";
import { quarantined, unsentCount } from "../data/events.ts";
import { allEvidence, evidenceOf } from "../data/evidence.ts";
import type { EvidenceRow } from "../data/evidence-row.ts";
import { fact } from "../data/facts.ts";
import type { EventRow, SyncRow, VisitRow } from "../data/rows.ts";
import { visit, visits } from "../data/visits.ts";
import { IDLE, type Outbox } from "../sync/outbox.ts";
import { signedIn } from "./session.ts";

/** Reads now and after every change that concerns `only` (any, when null). */
function live<T>(start: T, read: () => Promise<T>, only: string | null = null): ShallowRef<T> {
  const value = shallowRef(start) as ShallowRef<T>;
  let reading = false;
  let again = false;
  const load = async (): Promise<void> => {
    again = reading;
    if (reading) return;
    reading = true;
    try {
      do {
        again = false;
        value.value = await read();
      } while (again);
    } finally {
      reading = false;
    }
  };
  const stop = signedIn().outbox.onChange((changed) => {
    if (only === null || changed === only) void load();
  });
  onScopeDispose(stop);
  void load();
  return value;
}

/** Gives all visits; null until they were read. */
export function useVisits(): ShallowRef<VisitRow[] | null> {
  const { db } = signedIn();
  return live<VisitRow[] | null>(null, () => visits(db));
}

export interface Opened {
  row: VisitRow | null;
  files: EvidenceRow[];
}

/** Gives one visit with its files; null until read, `row` null when it is not on this phone. */
export function useVisit(id: string): ShallowRef<Opened | null> {
  const { db } = signedIn();
  let before: Opened | null = null;
  return live<Opened | null>(
    null,
    async () => {
      const [row, files] = await Promise.all([visit(db, id), evidenceOf(db, id)]);
      before = steady(before, { row: row ?? null, files });
      return before;
    },
    id,
  );
}

export interface Waiting {
  sync: SyncRow;
  events: number;
  files: EvidenceRow[];
  held: EventRow[];
}

const shared = new WeakMap<Outbox, ShallowRef<Waiting>>();

/** Gives the state of the outbox and all that has not arrived; read once for all who look at it. */
export function useOutbox(): ShallowRef<Waiting> {
  const { outbox } = signedIn();
  const known = shared.get(outbox) ?? effectScope(true).run(readOutbox);
  if (known === undefined) throw new Error("a fresh scope runs what it is given");
  shared.set(outbox, known);
  return known;
}

function readOutbox(): ShallowRef<Waiting> {
  const { db } = signedIn();
  return live<Waiting>({ sync: IDLE, events: 0, files: [], held: [] }, async () => {
    const [sync, events, files, held] = await Promise.all([
      fact(db, "sync"),
      unsentCount(db),
      allEvidence(db),
      quarantined(db),
    ]);
    return { sync: sync ?? IDLE, events, files, held };
  });
}

/** Keeps answers and files that did not change as the same objects, so that nothing re-renders. */
export function steady(before: Opened | null, now: Opened): Opened {
  if (before?.row == null || now.row === null) return now;
  const answers: VisitState["answers"] = {};
  for (const [key, answer] of Object.entries(now.row.state.answers)) {
    const old = before.row.state.answers[key];
    answers[key] = old !== undefined && same(old, answer) ? old : answer;
  }
  const kept = new Map(before.files.map((file) => [file.id, file]));
  const files = now.files.map((file) => {
    const old = kept.get(file.id);
    return old !== undefined && same(old.upload, file.upload) ? old : file;
  });
  const pinned = before.row.package;
  const row = sameTeam(pinned, now.row.package) ? { ...now.row, package: pinned } : now.row;
  return { row: { ...row, state: { ...now.row.state, answers } }, files };
}

/**
 * Tells whether two packages of a visit have the same officers. A package comes again only with
 * others, and a seat left vacant shows in its seats.
 */
function sameTeam(one: Package, other: Package): boolean {
  return same(one.officers, other.officers) && same(one.draw.seats, other.draw.seats);
}

function same(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Gives what this phone's clock shows, refreshed every `ms`. */
function useClock(ms: number): Ref<number> {
  const clock = ref(Date.now());
  const timer = setInterval(() => {
    clock.value = Date.now();
  }, ms);
  onScopeDispose(() => clearInterval(timer));
  return clock;
}

/** Gives the time, refreshed every `ms`; a wrong clock is put right by the last contact. */
export function useNow(ms: number): ComputedRef<number> {
  const clock = useClock(ms);
  const outbox = useOutbox();
  return computed(() => presentMoment(clock.value, outbox.value.sync.contact ?? null));
}

/** Gives what is wrong with this phone's clock, null when nothing is or nobody knows. */
export function useClockError(): ComputedRef<ClockError | null> {
  const clock = useClock(30_000);
  const outbox = useOutbox();
  return computed(() => clockError(clock.value, outbox.value.sync.contact ?? null));
}

/** Puts a moment right that this phone's clock gave, so that it can be shown. */
export function useOwnTime(): (at: string | number) => number {
  const outbox = useOutbox();
  return (at) =>
    putRight(typeof at === "number" ? at : instant(at), outbox.value.sync.contact ?? null);
}
