/** A wrong clock in words: how far, and which way. */
import { type ClockError, spanOf } from "../core/clock.ts";
import { t } from "./i18n.ts";

const SENTENCES = {
  ahead: "clock.ahead",
  behind: "clock.behind",
  "set-back": "clock.setBack",
} as const;

/** Gives the sentence that says what is wrong with the phone's clock. */
export function clockWords(error: ClockError): string {
  return t(SENTENCES[error.kind], { span: spanWords(error.ms) });
}

/** Gives a length of time in days, hours and minutes. */
export function spanWords(ms: number): string {
  const { days, hours, minutes } = spanOf(ms);
  const parts = [
    days > 0 ? t("clock.days", { n: days }) : "",
    hours > 0 ? t("clock.hours", { n: hours }) : "",
    minutes > 0 ? t("clock.minutes", { n: minutes }) : "",
  ];
  return parts.filter((part) => part !== "").join(" ");
}
