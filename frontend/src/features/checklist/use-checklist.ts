/** The checklist as a screen needs it: groups of visible points, what each lacks, and writing. */
import { computed, type InjectionKey, inject, provide, ref, shallowReactive } from "vue";
import { useVisit } from "../../app/live.ts";
import { signedIn } from "../../app/session.ts";
import { isOwn, partOf } from "../../core/parts.ts";
import { lacks, missing, validValue, visible } from "../../core/rules.ts";
import type { Answer, Change, Evidence, PackageItem, Point, What } from "../../core/types.ts";
import type { EvidenceRow } from "../../data/evidence-row.ts";
import { write } from "../visit/actions.ts";

export interface Asked {
  point: Point;
  answer: Answer | undefined;
  lacks: What[];
  evidence: Evidence[];
  files: EvidenceRow[];
  /** changes exactly when the card must be drawn again */
  print: string;
}

export interface Group {
  item: PackageItem;
  /** the department whose item it is, in a joint visit */
  department: string | null;
  /** whether it is for this officer to answer, or was taken over on this screen */
  own: boolean;
  asked: Asked[];
  /** pass/fail points nobody answered yet */
  open: Point[];
}

export type Saved =
  | { kind: "never" }
  | { kind: "typing" }
  | { kind: "saving" }
  | { kind: "saved"; at: number | string }
  | { kind: "failed" };

export type Checklist = ReturnType<typeof makeChecklist>;
const KEY: InjectionKey<Checklist> = Symbol("checklist");

/** Makes the checklist of a visit and offers it to the cards below. */
export function provideChecklist(visit: string): Checklist {
  const made = makeChecklist(visit);
  provide(KEY, made);
  return made;
}

export function useChecklist(): Checklist {
  const found = inject(KEY);
  if (found === undefined) throw new Error("no checklist above this component");
  return found;
}

function makeChecklist(visit: string) {
  const session = signedIn();
  const opened = useVisit(visit);
  const row = computed(() => opened.value?.row ?? null);
  const state = computed(() => row.value?.state ?? null);
  const closed = computed(
    () => row.value === null || row.value.released || row.value.state.status === "handed_in",
  );
  const saving = ref<"no" | "now" | "failed">("no");
  /** fields with an entry that has not been handed over for saving yet */
  const typing = shallowReactive(new Set<string>());
  const saved = computed<Saved>(() => {
    if (saving.value === "now") return { kind: "saving" };
    if (saving.value === "failed") return { kind: "failed" };
    if (typing.size > 0) return { kind: "typing" };
    const at = row.value?.savedAt ?? null;
    return at === null ? { kind: "never" } : { kind: "saved", at };
  });

  /** departments whose items this officer chose to answer for them */
  const takenOver = shallowReactive(new Set<string>());
  const mine = [session.author.officer, session.me.account];

  const groups = computed<Group[]>(() => {
    const now = opened.value;
    if (now?.row == null) return [];
    const pkg = now.row.package;
    const shown = new Set(visible(pkg, now.row.state));
    const evidence = Object.values(now.row.state.evidence);
    const made = pkg.items.map((item) => {
      const department = partOf(pkg, item.code)?.department ?? null;
      const sits = mine.some((officer) => isOwn(pkg, item.code, officer));
      const own = sits || (department !== null && takenOver.has(department));
      const points = item.checklist.points.filter((point) => shown.has(point.key));
      const asked = points.map((point) =>
        ask(point, now.row?.state.answers[point.key], evidence, now.files),
      );
      const open = asked.filter(isOpen).map((one) => one.point);
      return { sits, group: { item, department, own, asked, open } };
    });
    // one's own department first; what others answer stays in its order below
    const first = made.filter((one) => one.sits);
    return [...first, ...made.filter((one) => !one.sits)].map((one) => one.group);
  });
  const lacking = computed(() => (row.value ? missing(row.value.package, row.value.state) : []));

  /** Writes changes; the screen says saved only when they are on disk. */
  async function save(changes: Change[]): Promise<boolean> {
    saving.value = "now";
    try {
      await write(session, visit, changes);
      saving.value = "no";
      return true;
    } catch {
      saving.value = "failed"; // said loudly on the screen; what was typed stays in its field
      return false;
    }
  }

  return {
    visit,
    session,
    opened,
    row,
    state,
    closed,
    saved,
    typing,
    groups,
    takenOver,
    lacking,
    save,
  };
}

const isOpen = ({ point, answer }: Asked): boolean =>
  point.kind === "pass" &&
  (answer === undefined || (answer.kind === "settled" && answer.value === null));

function ask(
  point: Point,
  answer: Answer | undefined,
  allEvidence: Evidence[],
  allFiles: EvidenceRow[],
): Asked {
  const evidence = allEvidence.filter((one) => one.point === point.key);
  const files = allFiles.filter((file) => file.point === point.key);
  const standing = evidence.some((one) => one.withdrawn === null);
  const print = JSON.stringify([
    answer?.kind === "settled" ? answer.heads : answer?.candidates,
    answer?.notes,
    evidence.map((one) => [one.id, one.withdrawn]),
    files.map((file) => [file.id, file.upload]),
  ]);
  return { point, answer, lacks: lacks(point, answer, standing), evidence, files, print };
}

/** Gives the change that answers a point, based on what the officer sees now. */
export function answerChange(
  point: Point,
  answer: Answer | undefined,
  mine: string[],
  value: string | null,
  note: string | null,
): Change {
  const base = baseOf(answer, mine);
  return { kind: "answer.set", body: { point: point.key, value, note, base } };
}

/**
 * Gives the event whose answer this officer changes: the last head, or in a dispute the officer's
 * own side.
 */
function baseOf(answer: Answer | undefined, mine: string[]): string | null {
  if (answer === undefined) return null;
  if (answer.kind === "settled") return answer.heads.at(-1) ?? null;
  return answer.candidates.find((c) => mine.includes(c.by))?.heads.at(-1) ?? null;
}

/**
 * Gives the value that this officer's buttons show: the answer, or in a dispute the officer's own
 * side.
 */
export function shownValue(answer: Answer | undefined, mine: string[]): string | null {
  if (answer?.kind === "disputed")
    return answer.candidates.find((c) => mine.includes(c.by))?.value ?? null;
  return answer?.value ?? null;
}

/** Gives the note this officer wrote on the point. */
export function ownNote(answer: Answer | undefined, mine: string[]): string | null {
  return answer?.notes.find((note) => mine.includes(note.officer))?.note ?? null;
}

/** Tells whether the text in a field may be written as the point's value. */
export function acceptable(point: Point, text: string): boolean {
  return validValue(point, text === "" ? null : text);
}
