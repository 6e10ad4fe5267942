/** Types of the public verifier's engine (frontend/verify/engine.mjs), as far as tests ask it. */
declare module "*/verify/engine.mjs" {
  type Found = {
    row: number;
    rows: number;
    stratum: { code: string };
    lot: string;
    largest: string | null;
    number: number | null;
    why?: undefined;
  };
  type Line = { name: string; holds: boolean; code: string | null; values: unknown };

  export function localEngine(options?: object): {
    verify(
      asked: { bytes: Uint8Array },
      onCheck: (line: Line) => void,
    ): Promise<{ status: string; failure: Line | null }>;
    audit(asked: { code: string; salt: string | null }): Promise<Found | { why: string }>;
    open(asked: { rows: unknown[] }): Promise<{ codes: Record<number, string>; wrong: number }>;
  };
}

declare module "*/verify/commitment.mjs" {
  export function sealedObject(stratum: string, id: string, salt: Uint8Array): Promise<string>;
}

declare module "*/verify/texts.mjs" {
  export function sentenceOf(language: string, line: never): string;
}

declare module "*/look/ceremony-secret.js" {
  export function plain(text: string): string;
  export function hidden(text: string): boolean;
}
