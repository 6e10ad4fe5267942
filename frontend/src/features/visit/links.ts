/** Links that hand over to the phone's own map. */
import type { Enterprise } from "../../core/types.ts";

/**
 * Gives a geo: link (Android, HarmonyOS) or a maps: link (Apple); null without position and
 * address.
 */
export function mapLink(
  { name, address, position }: Enterprise,
  agent = navigator.userAgent,
): string | null {
  const apple = /iPhone|iPad|Macintosh/.test(agent);
  const query = encodeURIComponent(position === null ? `${address} ${name}` : name);
  if (position === null) {
    if (address === "") return null;
    return apple ? `maps://?q=${query}` : `geo:0,0?q=${query}`;
  }
  const { lat, lon } = position;
  return apple
    ? `maps://?ll=${lat},${lon}&q=${query}`
    : `geo:${lat},${lon}?q=${lat},${lon}(${query})`;
}
