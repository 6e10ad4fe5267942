/** How far a file got, in the only words that may be used for it. */
import { t } from "../../app/i18n.ts";
import { KIND_NAMES } from "../../core/evidence-kinds.ts";
import type { Refusal } from "../../core/evidence-rules.ts";
import type { Trouble, Upload } from "../../data/evidence-row.ts";

export function uploadWords(upload: Upload): string {
  if (upload.kind !== "sending") return t(`upload.${upload.kind}`);
  const share = upload.total > 0 ? upload.sent / upload.total : 0;
  return t("upload.sending", { percent: Math.floor(100 * share) });
}

export function troubleWords(trouble: Trouble, code: string | null): string {
  return trouble === "refused"
    ? t("trouble.refused", { code: code ?? "" })
    : t(`trouble.${trouble}`);
}

/** Gives why a file was not stored, and what can be done. */
export function refusalWords(why: Refusal, name: string): string {
  if (why === "kind") return t("evidence.refused.kind", { name, kinds: KIND_NAMES.join("、") });
  return t(`evidence.refused.${why}`, { name });
}
