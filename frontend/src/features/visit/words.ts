/** Why an officer left a visit, in words. */
import { isKey, plain, t } from "../../app/i18n.ts";
import type { ReplacementCause } from "../../core/code-lists.ts";
import type { VisitRow } from "../../data/rows.ts";

/** Gives the sentence for a released visit; without a known cause the plain one. */
export function leftWords(left: VisitRow["left"]): string {
  const cause = left?.reason as ReplacementCause | undefined;
  const key = `left.${cause}`;
  return isKey(key) ? plain(key) : t("visit.released");
}
