/** Answers and bounds in the words of the screen. */
import { t, word } from "../../app/i18n.ts";
import { VERDICTS } from "../../core/code-lists.ts";
import type { Package, PackageOfficer, Point } from "../../core/types.ts";

/** Gives an answer's value in words, as it reads on this point. */
export function valueText(point: Point, value: string | null): string {
  if (value === null) return t("dispute.cleared");
  if (point.kind === "text") return value;
  if (value in VERDICTS.zh) return word(VERDICTS, value);
  if (point.kind === "choice")
    return point.options.find((option) => option.code === value)?.label ?? value;
  return point.unit ? `${value} ${point.unit}` : value;
}

/** Gives the bounds of a number in words, with its unit; empty when it has none. */
export function boundsText({ unit, min, max }: Point): string {
  const bounds = [];
  if (min !== null && max !== null) bounds.push(t("check.between", { min, max }));
  else if (max !== null) bounds.push(t("check.atMost", { max }));
  else if (min !== null) bounds.push(t("check.atLeast", { min }));
  return [unit, ...bounds].filter(Boolean).join(", ");
}

/** Gives the officers of a visit, those who left it too: what they wrote still bears their name. */
export function everyone(pkg: Package | undefined): PackageOfficer[] {
  return [...(pkg?.officers ?? []), ...(pkg?.former ?? [])];
}

/** Gives an officer's name; "you" for oneself. Events name an officer by id or by account. */
export function nameOf(officers: PackageOfficer[], who: string, mine: string[]): string {
  if (mine.includes(who)) return t("dispute.you");
  return officers.find((officer) => officer.id === who || officer.account === who)?.name ?? who;
}
