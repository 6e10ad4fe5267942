/**
 * What a checklist asks for: visible points, verdicts, what is missing, progress. Twin of
 * backend/app/visits/rules.py. No DOM, Vue, clock, randomness or fetch.
 */
import { compareDecimals, isDecimal } from "./decimal.ts";
import type {
  Answer,
  Missing,
  Package,
  Point,
  Progress,
  Verdict,
  VisitState,
  What,
} from "./types.ts";

const TEXT_LIMIT = 4000;

/** Gives all points of a package by key, in the order of its items and checklists. */
export function pointsByKey(pkg: Package): Map<string, Point> {
  return new Map(pkg.items.flatMap((item) => item.checklist.points.map((p) => [p.key, p])));
}

/**
 * Gives the keys of the points to be answered now, in package order. A conditional point shows
 * while the point it names is visible and has the value; a disputed point has the value of each
 * candidate.
 */
export function visible(pkg: Package, state: VisitState): string[] {
  const byKey = pointsByKey(pkg);
  const known = new Map<string, boolean>();
  const shows = (key: string): boolean => {
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false); // a circle of conditions hides its points
    const point = byKey.get(key);
    const condition = point?.shown_if;
    const shown =
      point !== undefined &&
      (condition == null ||
        (shows(condition.point) &&
          valuesOf(state.answers[condition.point]).includes(condition.equals)));
    known.set(key, shown);
    return shown;
  };
  return [...byKey.keys()].filter(shows);
}

function valuesOf(answer: Answer | undefined): (string | null)[] {
  if (answer === undefined) return [];
  return answer.kind === "settled" ? [answer.value] : answer.candidates.map((c) => c.value);
}

/** Tells whether `value` can answer the point; null, which clears it, always can. */
export function validValue(point: Point, value: string | null): boolean {
  if (value === null || (value === "na" && point.kind !== "text")) return true;
  switch (point.kind) {
    case "pass":
      return value === "pass" || value === "fail";
    case "number":
      return isDecimal(value);
    case "date":
      return isDate(value);
    case "text":
      return value !== "" && [...value].length <= TEXT_LIMIT;
    case "choice":
      return point.options.some((option) => option.code === value);
  }
}

/** Tells whether `value` is a day as YYYY-MM-DD, years 1 to 9999. */
export function isDate(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return year >= 1 && day >= 1 && day <= days;
}

/** Gives pass, fail or na; null where the value means none of them. */
export function verdict(point: Point, value: string | null): Verdict | null {
  if (value === null || point.kind === "text" || !validValue(point, value)) return null;
  if (value === "na") return "na";
  if (point.kind === "pass") return value === "pass" ? "pass" : "fail";
  if (point.kind === "number") return inBounds(point, value);
  const chosen = point.options.find((option) => option.code === value)?.verdict ?? "none";
  return chosen === "none" ? null : chosen;
}

function inBounds(point: Point, value: string): Verdict | null {
  const { min, max } = point;
  if (min === null && max === null) return null;
  const below = min !== null && compareDecimals(value, min) < 0;
  const above = max !== null && compareDecimals(value, max) > 0;
  return below || above ? "fail" : "pass";
}

/** Everything that keeps the record from being handed in, in package order, the result last. */
export function missing(pkg: Package, state: VisitState): Missing[] {
  const byKey = pointsByKey(pkg);
  const shown = new Set(
    Object.values(state.evidence)
      .filter((e) => e.withdrawn === null)
      .map((e) => e.point),
  );
  const found: Missing[] = [];
  for (const key of visible(pkg, state)) {
    const point = byKey.get(key);
    if (point === undefined) continue;
    for (const what of lacks(point, state.answers[key], shown.has(key)))
      found.push({ point: key, what });
  }
  if (state.result === null) found.push({ point: null, what: "result" });
  else if (state.result.rivals.length > 0) found.push({ point: null, what: "dispute" });
  return found;
}

/** Names what one visible point still lacks. */
export function lacks(point: Point, answer: Answer | undefined, hasEvidence: boolean): What[] {
  if (answer?.kind === "disputed") return ["dispute"];
  const value = answer?.value ?? null;
  const mark = verdict(point, value);
  const unanswered = value === null || !validValue(point, value);
  const found: What[] = [];
  if (unanswered && (point.required || value !== null)) found.push("answer");
  if (!hasEvidence && needsEvidence(point, unanswered, mark)) found.push("evidence");
  const judged = point.kind === "pass" || point.kind === "choice";
  if (mark === "fail" && judged && (answer?.notes.length ?? 0) === 0) found.push("note");
  return found;
}

function needsEvidence(point: Point, unanswered: boolean, mark: Verdict | null): boolean {
  if (point.evidence === "on_fail") return mark === "fail";
  if (point.evidence === "always") return unanswered ? point.required : mark !== "na";
  return false;
}

/** Counts the visible points by state. */
export function progress(pkg: Package, state: VisitState): Progress {
  const byKey = pointsByKey(pkg);
  const keys = visible(pkg, state);
  const counts = { answered: 0, total: keys.length, failed: 0, disputed: 0, evidence_missing: 0 };
  for (const key of keys) {
    const point = byKey.get(key);
    const answer = state.answers[key];
    if (point === undefined || answer === undefined) continue;
    if (answer.kind === "disputed") {
      counts.disputed += 1;
    } else if (answer.value !== null && validValue(point, answer.value)) {
      counts.answered += 1;
      if (verdict(point, answer.value) === "fail") counts.failed += 1;
    }
  }
  counts.evidence_missing = missing(pkg, state).filter((m) => m.what === "evidence").length;
  return counts;
}
