/** Where the phone is: asked only when somebody starts a visit or takes a photo. */
import type { Position } from "../core/types.ts";

const WAIT_MS = 4_000;
const FRESH_MS = 60_000;

/** Gives the position as decimal strings, or null when there is none or it is not allowed. */
export function position(): Promise<Position | null> {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((resolve) => {
    // the browser's own limit does not run while it still asks for permission
    setTimeout(() => resolve(null), WAIT_MS + 500);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({
          lat: coords.latitude.toFixed(6),
          lon: coords.longitude.toFixed(6),
          accuracy: String(Math.round(coords.accuracy)),
        }),
      () => resolve(null),
      { timeout: WAIT_MS, maximumAge: FRESH_MS, enableHighAccuracy: true },
    );
  });
}

/** Gives the position if it may be had without asking. */
export async function knownPosition(): Promise<Position | null> {
  return (await permission("geolocation")) === "granted" ? position() : null;
}

/** Gives granted, denied or prompt; null where the browser cannot say. */
export async function permission(name: "geolocation" | "camera"): Promise<PermissionState | null> {
  try {
    return (await navigator.permissions.query({ name: name as PermissionName })).state;
  } catch {
    return null; // a browser that does not know this permission's name
  }
}
