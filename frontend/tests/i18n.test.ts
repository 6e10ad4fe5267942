import { afterEach, expect, it } from "vitest";
import { locale, t } from "../src/app/i18n.ts";
import { en } from "../src/app/messages-en.ts";
import { zh } from "../src/app/messages-zh.ts";

afterEach(() => {
  locale.value = "zh-CN";
});

it("says one thing of one and another of many", () => {
  locale.value = "en";
  expect(t("tasks.heading", { n: 1 })).toBe("1 visit to do");
  expect(t("tasks.heading", { n: 0 })).toBe("0 visits to do");
  expect(t("net.pending", { events: 1, files: 2 })).toBe("1 record · 2 files waiting");
  expect(t("sync.spare", { n: 1, size: "2 MB" })).toContain("its original goes first");
  locale.value = "zh-CN";
  expect(t("tasks.heading", { n: 1 })).toContain("1");
});

it("asks in English for no value that the Chinese does not name", () => {
  const names = (text: string) => new Set([...text.matchAll(/\{(\w+)/g)].map((found) => found[1]));
  for (const key of Object.keys(zh) as (keyof typeof zh)[])
    expect(names(en[key]), key).toEqual(names(zh[key]));
});
