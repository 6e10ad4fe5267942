/** Why an officer left a visit, in words. */
import { t } from "../../app/i18n.ts";
import type { VisitRow } from "../../data/rows.ts";

const CAUSES = ["recusal", "absence", "unfit"] as const;

/** Gives the sentence for a released visit; without a known cause the plain one. */
export function leftWords(left: VisitRow["left"]): string {
  const cause = CAUSES.find((one) => one === left?.reason);
  return cause === undefined ? t("visit.released") : t(`left.${cause}`);
}
