import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { kindOf, MOST_PIXELS } from "../src/core/evidence-kinds.ts";
import { judge } from "../src/core/evidence-rules.ts";
import { pictureSize } from "../src/core/picture-size.ts";

interface Vector {
  name: string;
  head: string;
  kind: string | null;
}
const file = new URL("../../tests/vectors/evidence-kinds-v1.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vector[];
const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

describe("the kind of a file", () => {
  for (const { name, head, kind } of vectors)
    it(`is the server's for ${name}`, () => {
      expect(kindOf(bytes(head))).toBe(kind);
    });
});

const u32 = (n: number): string => n.toString(16).padStart(8, "0");
const u16 = (n: number): string => n.toString(16).padStart(4, "0");
const png = (width: number, height: number): string =>
  `89504e470d0a1a0a0000000d49484452${u32(width)}${u32(height)}0802000000`;
const jpeg = (width: number, height: number): string =>
  `ffd8ffe10008457869660000ffffdb0004aabbffc20011 08${u16(height)}${u16(width)}03`.replace(" ", "");
const ispe = (width: number, height: number): string =>
  `0000001469737065${"0".repeat(8)}${u32(width)}${u32(height)}`;
const heic = (...boxes: string[]): string =>
  `000000186674797068656963000000006d69663168656963${boxes.join("")}`;

describe("the size of a picture", () => {
  const sizes: [string, string, string][] = [
    ["PNG", "image/png", png(640, 480)],
    ["JPEG behind other marks", "image/jpeg", jpeg(640, 480)],
    ["HEIC by its largest part", "image/heic", heic(ispe(512, 480), ispe(640, 480), ispe(64, 48))],
    [
      "WebP of any kind",
      "image/webp",
      `52494646000000005745425056503858 0a000000 00000000 7f0200 df0100`,
    ],
    [
      "WebP with loss",
      "image/webp",
      `52494646000000005745425056503820 00000000 000000 9d012a 8002 e001`,
    ],
    ["WebP without loss", "image/webp", `5249464600000000574542505650384c 00000000 2f 7fc27700`],
  ];
  for (const [name, mime, hex] of sizes)
    it(`is read from a ${name}`, () => {
      const head = bytes(hex.replaceAll(" ", ""));
      expect(pictureSize(mime, head)).toEqual({ width: 640, height: 480 });
    });

  it("is unknown where the header is cut short or says none", () => {
    expect(pictureSize("image/jpeg", bytes("ffd8ffe10100"))).toBeNull();
    expect(pictureSize("image/jpeg", bytes("ffd8ffe000021234"))).toBeNull();
    expect(pictureSize("image/png", bytes("89504e470d0a1a0a"))).toBeNull();
    expect(pictureSize("image/heic", bytes(heic()))).toBeNull();
    expect(pictureSize("image/webp", bytes("524946460000000057454250414c5048"))).toBeNull();
  });
});

describe("a file that may become evidence", () => {
  const of = (hex: string, size = 1000, most: number | null = null) =>
    judge(bytes(hex), size, most);
  const refused = (why: string) => ({ kind: "refused", why });

  it("is taken with the kind its bytes tell, whatever it is called", () => {
    expect(of(png(10, 10))).toEqual({ kind: "taken", mime: "image/png" });
    expect(of(Buffer.from("%PDF-1.7").toString("hex"))).toEqual({
      kind: "taken",
      mime: "application/pdf",
    });
  });

  it("is not empty, not too large and of a kind on the list", () => {
    expect(of("", 0)).toEqual(refused("empty"));
    expect(of(png(10, 10), 1001, 1000)).toEqual(refused("too-large"));
    expect(of(png(10, 10), 1000, 1000).kind).toBe("taken");
    expect(of(Buffer.from("#!AMR\n").toString("hex"))).toEqual(refused("kind"));
  });

  it("has as many pixels as the server unpacks, and says how many", () => {
    expect(of(png(10_000, MOST_PIXELS / 10_000)).kind).toBe("taken");
    expect(of(png(10_000, MOST_PIXELS / 10_000 + 1))).toEqual(refused("pixels"));
    expect(of(jpeg(65_000, 65_000))).toEqual(refused("pixels"));
    expect(of(png(0, 10))).toEqual(refused("unreadable"));
    expect(of("ffd8ff")).toEqual(refused("unreadable"));
  });
});
