/** What the service worker answers and when it takes over; no worker API in here. */

/** Page loads of the app; everything else of the site goes to the network untouched. */
export const navigations = {
  allowlist: [/^\/app\/(?:index\.html)?(?:[?#].*)?$/],
};

/** Tells whether a message says that a person took a new version. */
export function isTakeOver(data: unknown): boolean {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === "take-over";
}
