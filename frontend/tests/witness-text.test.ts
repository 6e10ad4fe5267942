/** A witness's device refuses what the server would, before it commits to it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

import { hidden, plain } from "../look/ceremony-secret.js";

const examples = JSON.parse(
  readFileSync(new URL("../../tests/vectors/witness_texts.json", import.meta.url), "utf8"),
) as { seen: string[]; hidden: string[] };

test.each(examples.seen)("%j is seen whole", (text) => {
  expect(hidden(plain(text))).toBe(false);
});

test.each(examples.hidden)("%j hides something and is refused, not altered", (text) => {
  expect(hidden(text)).toBe(true);
});
