/** What a UUIDv7 tells: when the thing was made. */

/** Gives the milliseconds since 1970 at which a UUIDv7 was made. */
export function madeAt(uuid: string): number {
  return Number.parseInt(uuid.replaceAll("-", "").slice(0, 12), 16);
}
