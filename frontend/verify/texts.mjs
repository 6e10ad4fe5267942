/** Every sentence of the page in Chinese and English. `{name}` is filled from values. */

import en from "./texts-en.mjs";
import zh from "./texts-zh.mjs";

const LANGUAGES = { "zh-CN": zh, en };

/** The languages there are, in the order of the switch. */
export const languages = Object.keys(LANGUAGES);

/** Writes a whole number with thin spaces between thousands. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** Gives the sentence `key` in `language`, filled; numbers are grouped. */
export function say(language, key, values = {}) {
  const sentence = LANGUAGES[language][key];
  if (sentence === undefined) throw new Error(`no text ${key} in ${language}`);
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? grouped(value) : String(value);
  });
}

/** Gives the sentence of a finished check: that it holds, or what does not. */
export function sentenceOf(language, { name, holds, code, values }) {
  if (!holds) return say(language, `bad-${code}`, values);
  const variant = VARIANTS[name]?.(values);
  return say(language, variant ? `ok-${name}-${variant}` : `ok-${name}`, values);
}

const VARIANTS = {
  public: ({ none }) => none && "none",
  ledger: ({ none, signed }) => (none ? "none" : signed && "signed"),
  hashes: ({ byRow }) => byRow && "by-row",
  recusals: ({ form }) => form,
  officers: ({ vacant }) => vacant > 0 && "vacant",
  replacements: ({ none, loose }) => (none ? "none" : loose && "loose"),
  extensions: ({ none, loose }) => (none ? "none" : loose && "loose"),
};
